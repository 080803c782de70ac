/** Plays scenarios by sides and seeds, and tells what came of it. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { SCENARIOS } from '../../../../machines/simulation/world/scenarios';
import type { Scenario } from '../../../../machines/simulation/world/scenario';
import { errorText } from '../../../../machines/shared/error-text';
import type { SimulateArguments, WorldArguments } from '../arguments';
import { runJobs } from '../pool';
import { progress } from '../progress';
import { writeText } from '../observed-runs';
import { EventLogFiles } from './event-log-files';
import { findScenarios } from './find-scenarios';
import { judgedRuns, worldSummary } from './world-summary';
import { runWorldJob, type WorldJob, type WorldOutcome } from './world-job';

/** What is said, and where progress is told. */
interface Told {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const listed = (): string =>
  [...SCENARIOS.values()].map(({ name, about }) => `${name.padEnd(NAME_CHARS)}  ${about}\n`).join('');
const NAME_CHARS = Math.max(...[...SCENARIOS.keys()].map((name) => name.length));

const refusal = (jobs: number, sizesFile: string | null, eventsDir: string | null): string | null => {
  if (jobs === 1 || (sizesFile === null && eventsDir === null)) return null;
  return `${sizesFile === null ? '--events' : '--sizes'} shows one run of the world, but ${jobs} are asked for`;
};

/** One run on this thread, whose course is written to files. Left: why they cannot be written. */
const observed = async (
  job: WorldJob,
  sizesFile: string | null,
  eventsDir: string | null,
): Promise<Either<string, readonly WorldOutcome[]>> => {
  try {
    const files = eventsDir === null ? null : new EventLogFiles(eventsDir);
    const outcome = await runWorldJob(job, files);
    files?.flush();
    if (E.isLeft(outcome)) return outcome;
    const lines = outcome.right.sizes.map(({ atMs, size }) => `${atMs / 1000},${size.cpu},${size.mem}\n`);
    const written = await writeText(sizesFile, `t_seconds,cpu,mem_bytes\n${lines.join('')}`);
    return E.isLeft(written) ? written : E.right([outcome.right]);
  } catch (error) {
    // The directory is the caller's; all else is a fault of ours.
    if (error instanceof RangeError || (error instanceof Error && 'code' in error)) return E.left(errorText(error));
    throw error;
  }
};

const jobsOf = (scenarios: readonly Scenario[], { sides, seeds }: WorldArguments): readonly WorldJob[] =>
  scenarios.flatMap((scenario) => sides.flatMap((side) => seeds.map((seed) => ({ scenario, side, seed }))));

/** Left: what is wrong with what was asked for. */
export const simulateWorld = async (
  { traces, options, json, sizesFile }: SimulateArguments,
  world: WorldArguments,
  { out, err }: Told,
): Promise<Either<string, void>> => {
  if (world.listed) {
    out(listed());
    return E.right(undefined);
  }
  const scenarios = await findScenarios({ ...world, traces, options });
  if (E.isLeft(scenarios)) return scenarios;
  const jobs = jobsOf(scenarios.right, world);
  const refused = refusal(jobs.length, sizesFile, world.eventsDir);
  if (refused !== null) return E.left(refused);
  const [first] = jobs;
  const outcomes =
    first !== undefined && (sizesFile !== null || world.eventsDir !== null)
      ? await observed(first, sizesFile, world.eventsDir)
      : await runJobs('world', jobs, progress(jobs.length, err));
  if (E.isLeft(outcomes)) return outcomes;
  const runs = judgedRuns(scenarios.right, outcomes.right);
  out(
    json ? runs.map(({ scores, ...run }) => `${JSON.stringify({ ...run, ...scores })}\n`).join('') : worldSummary(runs),
  );
  return E.right(undefined);
};
