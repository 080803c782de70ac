/** What a thread can be given: runs of the fluid model, and of the world. */
import type { Either } from 'fp-ts/Either';
import type { Result } from '../../../machines/simulation/score';
import { runJob, type Job } from './run';
import { runWorldJob, type WorldJob, type WorldOutcome } from './world/world-job';

export interface Jobs {
  readonly fluid: { readonly job: Job; readonly outcome: Result };
  readonly world: { readonly job: WorldJob; readonly outcome: WorldOutcome };
}
export type JobKind = keyof Jobs;

export const JOBS: {
  readonly [Kind in JobKind]: (job: Jobs[Kind]['job']) => Promise<Either<string, Jobs[Kind]['outcome']>>;
} = {
  fluid: (job) => runJob(job),
  world: (job) => runWorldJob(job),
};

/** As it is posted to a thread. */
export type PostedJob = {
  readonly [Kind in JobKind]: { readonly kind: Kind; readonly job: Jobs[Kind]['job'] };
}[JobKind];
