/** One run: a trace file, a policy and the options, as plain data that a worker thread can be given. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { POLICIES_UNDER_TEST } from '../../../machines/simulation/policies-under-test';
import type { SimulationObserver } from '../../../machines/simulation/observer';
import type { Result } from '../../../machines/simulation/score';
import type { SimulationOptions } from '../../../machines/simulation/setting';
import { simulate } from '../../../machines/simulation/simulate';
import { readTrace } from './read-trace';

export interface Job {
  readonly path: string;
  readonly policy: string;
  readonly options: SimulationOptions;
}

/** Left: the trace cannot be read, the policy is unknown or the bounds contradict each other. */
export const runJob = async (
  { path, policy, options }: Job,
  observer?: SimulationObserver,
): Promise<Either<string, Result>> => {
  const underTest = POLICIES_UNDER_TEST.get(policy);
  if (underTest === undefined) return E.left(`policy ${policy} is not known`);
  const trace = await readTrace(path);
  if (E.isLeft(trace)) return trace;
  const { name, medianIntervalSeconds, memBytes } = trace.right;
  return E.tryCatch(
    () => ({
      trace: name,
      policy,
      medianIntervalSeconds,
      knowsMemory: memBytes.some((bytes) => bytes > 0),
      measures: simulate(trace.right, underTest, options, observer),
    }),
    (error) => {
      // Only contradicting bounds are the caller's fault.
      if (error instanceof RangeError) return error.message;
      throw error;
    },
  );
};
