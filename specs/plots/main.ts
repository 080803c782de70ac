/**
 * `make policy-plots`: the pictures of docs/policies.md. What the policies decide is drawn for one trace; the frontier
 * between cost and shortage only where a directory of traces is given. Exit status 0; 2 for a bad flag or trace.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { EXIT } from '../../adapters/cli/exit-status';
import { optional, single, type ValuesOf } from '../../adapters/shared/config/flag';
import { flagsFromArguments } from '../../adapters/shared/config/from-arguments';
import { path } from '../../adapters/shared/config/texts/words';
import { fileFailure } from '../../adapters/shared/node-error';
import { findTraces } from '../../adapters/tools/simulate/find-traces';
import { runJobs } from '../../adapters/tools/simulate/pool';
import { progress } from '../../adapters/tools/simulate/progress';
import { readTrace } from '../../adapters/tools/simulate/read-trace';
// This file is also what the threads of the pool run; there, this import takes their jobs.
import '../../adapters/tools/simulate/worker';
import { SIMULATION_DEFAULTS, type SimulationOptions } from '../../machines/simulation/setting';
import { decide } from './decisions';
import { decisionsPicture } from './decisions-chart';
import { FRONTIER_POLICIES, frontierCurves } from './frontier';
import { frontierPicture } from './frontier-chart';
import { toSvg, type Picture } from './svg';

const FLAGS = {
  trace: single({ value: 'FILE', default: 'docs/examples/morning.csv', help: 'demand of the decisions' }, path),
  traces: optional({ value: 'DIR', default: 'none', help: 'traces of the frontier' }, path),
  out: single({ value: 'DIR', default: 'docs/images', help: 'where the pictures go' }, path),
};

/** The noise of the report's second chapter: real load flutters. */
const OPTIONS: SimulationOptions = { ...SIMULATION_DEFAULTS, noise: { cv: 0.2, seed: 1 } };

const tell = (text: string): void => void process.stderr.write(text);

const decisions = async (file: string): Promise<Either<string, Picture>> =>
  pipe(
    await readTrace(file),
    E.chain((trace) => decide(trace, OPTIONS)),
    E.map(decisionsPicture),
  );

const frontier = async (directory: string): Promise<Either<string, Picture>> => {
  const traces = await findTraces([directory]);
  if (E.isLeft(traces)) return traces;
  const jobs = traces.right.flatMap((file) =>
    FRONTIER_POLICIES.map((policy) => ({ path: file, policy, options: OPTIONS })),
  );
  const results = await runJobs(jobs, progress(jobs.length, tell));
  return pipe(results, E.map(frontierCurves), E.map(frontierPicture));
};

const write = async (
  directory: string,
  name: string,
  drawn: Either<string, Picture>,
): Promise<Either<string, void>> => {
  if (E.isLeft(drawn)) return drawn;
  const file = join(directory, name);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(file, toSvg(drawn.right));
    tell(`${file}\n`);
    return E.right(undefined);
  } catch (error) {
    return E.left(fileFailure(file, error).message);
  }
};

const perform = async ({ trace, traces, out }: ValuesOf<typeof FLAGS>): Promise<Either<string, void>> => {
  const written = await write(out, 'policy-decisions.svg', await decisions(trace));
  if (E.isLeft(written) || traces === null) return written;
  return write(out, 'policy-frontier.svg', await frontier(traces));
};

const main = async (): Promise<void> => {
  const flags = flagsFromArguments(FLAGS, process.argv.slice(2));
  const performed = E.isLeft(flags) ? flags : await perform(flags.right);
  if (E.isRight(performed)) return;
  tell(`policy-plots: ${performed.left}\n`);
  process.exitCode = EXIT.refused;
};

if (isMainThread) void main();
