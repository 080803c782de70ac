/** From what is named on the command line to scenarios. */
import { readFile } from 'node:fs/promises';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { flatSweep } from '../../../../machines/simulation/world/flat-sweep';
import { readScenario } from '../../../../machines/simulation/world/read-scenario';
import type { Scenario } from '../../../../machines/simulation/world/scenario';
import { SCENARIOS } from '../../../../machines/simulation/world/scenarios';
import { scenarioOfTrace } from '../../../../machines/simulation/world/trace-scenario';
import type { SimulationOptions } from '../../../../machines/simulation/setting';
import { errorText } from '../../../../machines/shared/error-text';
import { fileFailure } from '../../../shared/node-error';
import { findTraces } from '../find-traces';
import { readTrace } from '../read-trace';

export interface WantedScenarios {
  readonly scenarios: readonly string[];
  readonly traces: readonly string[];
  readonly sweep: 'flat' | null;
  readonly options: SimulationOptions;
}

const one = (scenario: Scenario): readonly Scenario[] => [scenario];

const parse = (path: string, text: string): Either<string, Scenario> => {
  const json = E.tryCatch((): unknown => JSON.parse(text), errorText);
  const read = E.isLeft(json) ? json : readScenario(json.right);
  return E.mapLeft((why: string) => `${path}: ${why}`)(read);
};

const readFileOf = async (path: string): Promise<Either<string, Scenario>> => {
  try {
    return parse(path, await readFile(path, 'utf8'));
  } catch (error) {
    return E.left(`${fileFailure(path, error).message}; no scenario has this name either, see --list-scenarios`);
  }
};

/** Stands for each that we have. */
const ALL = 'all';

const named = async (name: string): Promise<Either<string, readonly Scenario[]>> => {
  if (name === ALL) return E.right([...SCENARIOS.values()]);
  const known = SCENARIOS.get(name);
  return known === undefined ? E.map(one)(await readFileOf(name)) : E.right([known]);
};

const ofTrace = async (path: string, options: SimulationOptions): Promise<Either<string, readonly Scenario[]>> => {
  const trace = await readTrace(path);
  if (E.isLeft(trace)) return trace;
  return E.tryCatch(() => one(scenarioOfTrace(trace.right, options)), errorText);
};

/** Left: the first that cannot be read, and why. */
export const findScenarios = async (wanted: WantedScenarios): Promise<Either<string, readonly Scenario[]>> => {
  const { scenarios, traces, sweep, options } = wanted;
  const paths = traces.length === 0 ? E.right([]) : await findTraces(traces);
  if (E.isLeft(paths)) return paths;
  const read = await Promise.all([...scenarios.map(named), ...paths.right.map((path) => ofTrace(path, options))]);
  return E.map((found: readonly (readonly Scenario[])[]) => [...found.flat(), ...(sweep === null ? [] : flatSweep())])(
    E.sequenceArray(read),
  );
};
