/**
 * A process in the guest that grows, and when its lines were heard on the host. Each line bears the guest's time: the
 * line that came quickest tells how far both clocks are apart, to within the way that it took. What else comes from the
 * guest takes the same way.
 */
import { startGrower, type Grower, type Growth } from '../in-guest/grower';
import type { Guest } from '../harness';
import { within } from '../harness/within';

export interface TimedGrower extends Pick<Grower, 'signal' | 'steps'> {
  /** Resolves when it has so much. */
  readonly untilHas: (mib: number, deadlineMs: number) => Promise<void>;
  /** The guest's time in ms when something was sent that the host heard at `hostMs` of performance.now(). */
  readonly guestMs: (hostMs: number) => number;
}

/** Resolves when it has `fromMib`; it stands still then, until it gets SIGCONT. */
export const startStopped = async (guest: Guest, growth: Growth): Promise<TimedGrower> => {
  const grower = await startGrower(guest, growth);
  let apartMs = Infinity;
  const hear = async (): Promise<number> => {
    const [atMs, mib] = (await grower.line()).split(' ').map(Number);
    apartMs = Math.min(apartMs, performance.now() - atMs!);
    return mib!;
  };
  await hear();
  await grower.signal('SIGSTOP');
  const hearUntil = async (mib: number): Promise<void> => {
    while ((await hear()) < mib);
  };
  return {
    signal: (name) => grower.signal(name),
    steps: grower.steps,
    untilHas: (mib, deadlineMs) => within(deadlineMs, `has not ${mib} MiB`, hearUntil(mib)),
    guestMs: (hostMs) => hostMs - apartMs,
  };
};
