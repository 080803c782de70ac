/** `vm-monitor simulate`: scenarios and traces in the world, or traces against policies. In the program of the tools. */
import * as E from 'fp-ts/Either';
import type { Result } from '../../machines/simulation/score';
import { readArguments, type SimulateArguments } from '../tools/simulate/arguments';
import { findTraces } from '../tools/simulate/find-traces';
import { observedRuns, writeText } from '../tools/simulate/observed-runs';
import { frontierPlot } from '../tools/simulate/plot/frontier-plot';
import { plotSvg } from '../tools/simulate/plot/svg';
import { runJobs } from '../tools/simulate/pool';
import { progress } from '../tools/simulate/progress';
import { policyReport, reportRuns } from '../tools/simulate/report';
import { summary } from '../tools/simulate/summary';
import { simulateWorld } from '../tools/simulate/world/simulate-world';
import { EXIT, refuse, type Terminal } from './command';

const jsonLine = ({ trace, policy, measures }: Result): string => `${JSON.stringify({ trace, policy, ...measures })}\n`;

const tellOutcomes = (outcomes: readonly Result[], { json }: SimulateArguments, { out }: Terminal): void => {
  out(json ? outcomes.map(jsonLine).join('') : summary(outcomes));
};

/** What the files that are asked for cannot show. */
const refusal = (traces: number, jobs: number, { sizesFile, plotFile }: SimulateArguments): string | null => {
  if (sizesFile !== null && jobs !== 1) {
    return `--sizes shows one trace under one policy, but ${jobs} runs are asked for`;
  }
  return plotFile !== null && traces !== 1 ? `--plot shows one trace, but ${traces} are asked for` : null;
};

const simulateAll = async (
  traces: readonly string[],
  args: SimulateArguments,
  terminal: Terminal,
): Promise<E.Either<string, void>> => {
  const { policies, options } = args;
  const jobs = traces.flatMap((path) => policies.map((policy) => ({ path, policy, options })));
  const refused = refusal(traces.length, jobs.length, args);
  if (refused !== null) return E.left(refused);
  const outcomes =
    args.sizesFile === null && args.plotFile === null
      ? await runJobs('fluid', jobs, progress(jobs.length, terminal.err))
      : await observedRuns(jobs, args);
  if (E.isLeft(outcomes)) return outcomes;
  tellOutcomes(outcomes.right, args, terminal);
  return E.right(undefined);
};

const report = async (
  traces: readonly string[],
  { policies, options, plotFile }: SimulateArguments,
  terminal: Terminal,
): Promise<E.Either<string, void>> => {
  const done = progress(reportRuns(traces.length, policies), terminal.err);
  const frontier = await policyReport(traces, policies, options, terminal.out, done);
  if (E.isLeft(frontier)) return frontier;
  return plotFile === null ? E.right(undefined) : writeText(plotFile, plotSvg(frontierPlot(policies, frontier.right)));
};

const perform = async (args: SimulateArguments, terminal: Terminal): Promise<E.Either<string, void>> => {
  if (args.world !== null) return simulateWorld(args, args.world, terminal);
  const traces = await findTraces(args.traces);
  if (E.isLeft(traces)) return traces;
  return args.report ? report(traces.right, args, terminal) : simulateAll(traces.right, args, terminal);
};

/** @param args what follows `simulate`; @returns the exit status: refused for a bad flag or a malformed trace */
export const simulateCommand = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const read = readArguments(args);
  const performed = E.isLeft(read) ? read : await perform(read.right, terminal);
  return E.isRight(performed) ? EXIT.ok : refuse(terminal, 'vm-monitor simulate', performed.left);
};
