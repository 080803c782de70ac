/** Runs whose course is written to files: each size of one run, and a plot of one trace under several policies. */
import { writeFile } from 'node:fs/promises';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { Result } from '../../../machines/simulation/score';
import { fileFailure } from '../../shared/node-error';
import { plotFormat, type PlotFormat } from './plot/formats';
import { recordRun } from './plot/plotted-run';
import { runPlot, type RunOfPolicy } from './plot/run-plot';
import { traceName } from './read-trace';
import { runJob, type Job } from './run';
import { NO_OBSERVER, type SimulationObserver } from '../../../machines/simulation/observer';

const HEADER = 't_seconds,cpu,mem_bytes\n';

/** The sizes of a run as CSV: each change of the granted size, beginning with the initial one. */
interface SizesFile {
  readonly observer: SimulationObserver;
  readonly text: () => string;
}

const sizesFile = (): SizesFile => {
  const lines: string[] = [];
  return {
    observer: {
      ...NO_OBSERVER,
      resized: (seconds, { cpu, mem }) => void lines.push(`${seconds},${cpu},${mem}\n`),
    },
    text: () => HEADER + lines.join(''),
  };
};

/** Observers of runs, put together. */
const both = (first: SimulationObserver, second: SimulationObserver | null): SimulationObserver =>
  second === null
    ? first
    : {
        resized: (...told) => {
          first.resized(...told);
          second.resized(...told);
        },
        decided: (...told) => {
          first.decided(...told);
          second.decided(...told);
        },
        stepped: (...told) => {
          first.stepped(...told);
          second.stepped(...told);
        },
      };

/** Left: why the file cannot be written. */
export const writeText = async (path: string | null, text: string): Promise<Either<string, void>> => {
  if (path === null) return E.right(undefined);
  try {
    await writeFile(path, text);
    return E.right(undefined);
  } catch (error) {
    return E.left(fileFailure(path, error).message);
  }
};

/** Which files are wanted, by their paths. */
export interface WantedFiles {
  readonly sizesFile: string | null;
  readonly plotFile: string | null;
}

/** The runs and what their files hold. */
interface Observed {
  readonly results: readonly Result[];
  readonly sizesText: string;
  readonly plotText: string;
}

/** Two plots of a trace differ in what it was run with. */
const plotTitle = ({ path, options }: Job): string => {
  const { cv, seed } = options.noise;
  return cv === 0 ? traceName(path) : `${traceName(path)}, noise of cv ${cv} (seed ${seed})`;
};

const plotText = ([first]: readonly Job[], runs: readonly RunOfPolicy[], format: PlotFormat | undefined): string =>
  first === undefined || format === undefined ? '' : format.draw(runPlot(plotTitle(first), runs, first.options));

/** One run after the other. */
const observe = async (jobs: readonly Job[], format: PlotFormat | undefined): Promise<Either<string, Observed>> => {
  const sizes = sizesFile();
  const results: Result[] = [];
  const runs: RunOfPolicy[] = [];
  for (const job of jobs) {
    const recorder = format === undefined ? null : recordRun(format);
    const outcome = await runJob(job, both(sizes.observer, recorder?.observer ?? null));
    if (E.isLeft(outcome)) return outcome;
    const { policy, measures } = outcome.right;
    results.push(outcome.right);
    if (recorder !== null) runs.push({ policy, measures, run: recorder.recorded() });
  }
  return E.right({ results, sizesText: sizes.text(), plotText: plotText(jobs, runs, format) });
};

/** @param jobs one for the file of sizes; of one trace for the plot */
export const observedRuns = async (
  jobs: readonly Job[],
  { sizesFile: sizesPath, plotFile }: WantedFiles,
): Promise<Either<string, readonly Result[]>> => {
  const observed = await observe(jobs, plotFile === null ? undefined : plotFormat(plotFile));
  if (E.isLeft(observed)) return observed;
  const { results, sizesText, plotText: plot } = observed.right;
  for (const written of [await writeText(sizesPath, sizesText), await writeText(plotFile, plot)]) {
    if (E.isLeft(written)) return written;
  }
  return E.right(results);
};
