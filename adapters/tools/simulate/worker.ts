/** The body of a worker thread: runs one job after another. */
import { parentPort } from 'node:worker_threads';
import { runJob, type Job } from './run';

parentPort?.on('message', (job: Job) => {
  void runJob(job).then((outcome) => {
    parentPort?.postMessage(outcome);
  });
});
