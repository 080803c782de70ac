/** The body of a worker thread: runs one job after another. */
import { parentPort } from 'node:worker_threads';
import { JOBS, type PostedJob } from './jobs';

const run = (posted: PostedJob): Promise<unknown> =>
  posted.kind === 'fluid' ? JOBS.fluid(posted.job) : JOBS.world(posted.job);

parentPort?.on('message', (posted: PostedJob) => {
  void run(posted).then((outcome) => {
    parentPort?.postMessage(outcome);
  });
});
