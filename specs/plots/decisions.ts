/** What each policy makes of the same demand. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { Size } from '../../machines/shared/events/size';
import { POLICIES_UNDER_TEST } from '../../machines/simulation/policies-under-test';
import type { Measures } from '../../machines/simulation/measures';
import type { SimulationOptions } from '../../machines/simulation/setting';
import { simulate } from '../../machines/simulation/simulate';
import type { Trace } from '../../machines/simulation/trace';
import { DemandBins, type DemandPoint } from './demand-bins';
import { DEMAND_MOST_POINTS, MOST_RESIZES } from './limits';

/** The last one knows the future: what there is to be won. */
const POLICIES = ['headroom', 'goal-cu', 'sliding-max', 'reactive', 'oracle'];

/** The size from `seconds` on. */
export interface SizeFrom extends Size {
  readonly seconds: number;
}

/** One policy on the trace. */
export interface Decider {
  readonly policy: string;
  /** Beginning with the initial size. */
  readonly sizes: readonly SizeFrom[];
  readonly measures: Measures;
}

export interface Decisions {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Each point of the demand stands for so long. */
  readonly binSeconds: number;
  readonly demand: readonly DemandPoint[];
  readonly deciders: readonly Decider[];
}

const spanOf = ({ seconds }: Trace): readonly [from: number, to: number] => [seconds[0] ?? 0, seconds.at(-1) ?? 0];

const run = (policy: string, trace: Trace, options: SimulationOptions, bins: DemandBins): Decider => {
  const contestant = POLICIES_UNDER_TEST.get(policy);
  if (contestant === undefined) throw new Error(`policy ${policy} is not known`);
  const sizes: SizeFrom[] = [];
  const measures = simulate(trace, contestant, options, {
    resized: (seconds, size) => {
      if (sizes.length <= MOST_RESIZES) sizes.push({ seconds, ...size });
    },
    decided: () => undefined,
    stepped: (seconds, step) => {
      bins.add(seconds, step);
    },
  });
  return { policy, sizes, measures };
};

/** Runs the policies side by side. Left: the trace is too long for a picture. */
export const decide = (trace: Trace, options: SimulationOptions): Either<string, Decisions> => {
  const [fromSeconds, toSeconds] = spanOf(trace);
  // The same demand meets all policies, so its means are those of any of them.
  const binSeconds = (toSeconds - fromSeconds) / DEMAND_MOST_POINTS;
  const bins = new DemandBins(fromSeconds, binSeconds);
  const deciders = POLICIES.map((policy) => run(policy, trace, options, bins));
  const restless = deciders.find(({ measures }) => measures.resizes > MOST_RESIZES);
  if (restless === undefined) return E.right({ fromSeconds, toSeconds, binSeconds, demand: bins.points(), deciders });
  const { policy, measures } = restless;
  return E.left(
    `${trace.name}: ${measures.resizes} resizes by ${policy}, expected at most ${MOST_RESIZES} in a picture`,
  );
};
