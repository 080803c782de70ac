/**
 * Runs jobs on as many threads as there are CPUs. A single job runs on this one. A thread that dies ends
 * everything: its error is ours. In dist/cli.js the program of a thread lies in the same file (adapters/cli/unpack.ts).
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { SIMULATE_WORKER } from '../../shared/command-names';
import { JOBS, type Jobs, type JobKind } from './jobs';

/** No worker threads beyond these, however many CPUs there are: each holds a trace and a heap. */
const MOST_WORKERS = 32;

/** Takes the next job from `queue` until none is left or one has failed. */
const work = <Kind extends JobKind>(
  kind: Kind,
  queue: Jobs[Kind]['job'][],
  store: (job: Jobs[Kind]['job'], outcome: Jobs[Kind]['outcome']) => void,
): Promise<Either<string, void>> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { argv: [SIMULATE_WORKER] });
    let present: Jobs[Kind]['job'] | undefined;
    const end = (result: Either<string, void>): void => {
      void worker.terminate();
      resolve(result);
    };
    const next = (): void => {
      present = queue.shift();
      if (present === undefined) end(E.right(undefined));
      else worker.postMessage({ kind, job: present });
    };
    worker.on('error', reject);
    worker.on('message', (result: Either<string, Jobs[Kind]['outcome']>) => {
      if (E.isLeft(result)) {
        queue.length = 0;
        end(result);
        return;
      }
      if (present !== undefined) store(present, result.right);
      next();
    });
    next();
  });

const runHere = async <Kind extends JobKind>(
  kind: Kind,
  jobs: readonly Jobs[Kind]['job'][],
  done: (outcome: Jobs[Kind]['outcome']) => void,
): Promise<Either<string, readonly Jobs[Kind]['outcome'][]>> => {
  const outcomes: Jobs[Kind]['outcome'][] = [];
  for (const job of jobs) {
    const outcome = await JOBS[kind](job);
    if (E.isLeft(outcome)) return outcome;
    done(outcome.right);
    outcomes.push(outcome.right);
  }
  return E.right(outcomes);
};

const runOnThreads = async <Kind extends JobKind>(
  kind: Kind,
  jobs: readonly Jobs[Kind]['job'][],
  threads: number,
  done: (outcome: Jobs[Kind]['outcome']) => void,
): Promise<Either<string, readonly Jobs[Kind]['outcome'][]>> => {
  const outcomes = new Map<Jobs[Kind]['job'], Jobs[Kind]['outcome']>();
  const queue = [...jobs];
  const store = (job: Jobs[Kind]['job'], outcome: Jobs[Kind]['outcome']): void => {
    outcomes.set(job, outcome);
    done(outcome);
  };
  const ends = await Promise.all(Array.from({ length: threads }, () => work(kind, queue, store)));
  const failed = ends.find(E.isLeft);
  return failed ?? E.right(jobs.flatMap((job) => outcomes.get(job) ?? []));
};

/** Outcomes in the order of the jobs. `done` is called for each as it comes. Left: the first failure. */
export const runJobs = <Kind extends JobKind>(
  kind: Kind,
  jobs: readonly Jobs[Kind]['job'][],
  done: (outcome: Jobs[Kind]['outcome']) => void,
): Promise<Either<string, readonly Jobs[Kind]['outcome'][]>> => {
  const threads = Math.min(jobs.length, availableParallelism(), MOST_WORKERS);
  return threads <= 1 ? runHere(kind, jobs, done) : runOnThreads(kind, jobs, threads, done);
};
