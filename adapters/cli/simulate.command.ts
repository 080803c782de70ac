/** `vm-monitor simulate --trace FILE …`: traces against policies. In the program of the tools. */
import { writeFile } from 'node:fs/promises';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { Result } from '../../machines/simulation/score';
import { fileFailure } from '../shared/node-error';
import { readArguments, type SimulateArguments } from '../tools/simulate/arguments';
import { findTraces } from '../tools/simulate/find-traces';
import { plotFile } from '../tools/simulate/plot';
import { runJobs } from '../tools/simulate/pool';
import { progress } from '../tools/simulate/progress';
import { policyReport, reportRuns } from '../tools/simulate/report';
import { runJob, type Job } from '../tools/simulate/run';
import { sizesFile } from '../tools/simulate/sizes-file';
import { summary } from '../tools/simulate/summary';
import { both } from '../tools/simulate/observers';
import { EXIT } from './exit-status';
import type { Terminal } from './terminal';

const jsonLine = ({ trace, policy, measures }: Result): string => `${JSON.stringify({ trace, policy, ...measures })}\n`;

const tellOutcomes = (outcomes: readonly Result[], { json }: SimulateArguments, { out }: Terminal): void => {
  out(json ? outcomes.map(jsonLine).join('') : summary(outcomes));
};

const write = async (path: string | null, text: () => string): Promise<Either<string, void>> => {
  if (path === null) return E.right(undefined);
  try {
    await writeFile(path, text());
    return E.right(undefined);
  } catch (error) {
    return E.left(fileFailure(path, error).message);
  }
};

/** A run that is also drawn or written to a file. */
const runOne = async (job: Job, args: SimulateArguments): Promise<Either<string, readonly Result[]>> => {
  const sizes = sizesFile();
  const plot = plotFile(job);
  const outcome = await runJob(job, both(sizes.observer, args.plotFile === null ? null : plot.observer));
  if (E.isLeft(outcome)) return outcome;
  for (const written of [await write(args.sizesFile, sizes.text), await write(args.plotFile, plot.text)]) {
    if (E.isLeft(written)) return written;
  }
  return E.right([outcome.right]);
};

const runAll = async (jobs: readonly Job[], args: SimulateArguments, terminal: Terminal) => {
  const [only] = jobs;
  if (args.sizesFile === null && args.plotFile === null) return runJobs(jobs, progress(jobs.length, terminal.err));
  if (only === undefined || jobs.length > 1) {
    return E.left(`--sizes and --plot show one trace under one policy, but ${jobs.length} runs are requested`);
  }
  return runOne(only, args);
};

const perform = async (args: SimulateArguments, terminal: Terminal): Promise<Either<string, void>> => {
  const traces = await findTraces(args.traces);
  if (E.isLeft(traces)) return traces;
  const { policies, options } = args;
  if (args.report) {
    const done = progress(reportRuns(traces.right.length, policies), terminal.err);
    return policyReport(traces.right, policies, options, terminal.out, done);
  }
  const jobs = traces.right.flatMap((path) => policies.map((policy) => ({ path, policy, options })));
  const outcomes = await runAll(jobs, args, terminal);
  if (E.isLeft(outcomes)) return outcomes;
  tellOutcomes(outcomes.right, args, terminal);
  return E.right(undefined);
};

/** @param args what follows `simulate`; @returns the exit status: refused for a bad flag or a malformed trace */
export const simulateCommand = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const read = readArguments(args);
  const performed = E.isLeft(read) ? read : await perform(read.right, terminal);
  if (E.isRight(performed)) return EXIT.ok;
  terminal.err(`vm-monitor simulate: ${performed.left}\n`);
  return EXIT.refused;
};
