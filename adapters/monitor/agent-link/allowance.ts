/** How much may come in per window: frames and bytes. Who comes too late in it waits for the next one. */

import { KIB } from '../../../machines/shared/units';
/** Frames, pings and pongs in one window, 2,000 a second; an agent sends a few. Beyond it TCP holds the rest back. */
export const MAX_FRAMES_PER_WINDOW = 200;
/**
 * Bytes in one window, 160 KiB a second; an agent sends a few KiB. A frame that passes the bound is taken from
 * the windows that follow, so one window brings at most this and one frame. A text can be six times as long in
 * the event log (\u0001): 480 KiB, far less than the 1 MiB that may wait there for the disk.
 */
export const MAX_BYTES_PER_WINDOW = 16 * KIB;

export interface Allowance {
  /** False: nothing was taken, this window is used up. */
  tryTake(bytes: number): boolean;
  /** Calls `turn` once, in a later window; those that wait have their turns in the order in which they came. */
  whenRenewed(turn: () => void): void;
}

export const createAllowance = (windowMs: number): Allowance => {
  let frames = 0;
  /** Also what a frame before took beyond its window. */
  let bytes = 0;
  let window: NodeJS.Timeout | undefined;
  const turns: (() => void)[] = [];

  const hasRoom = (): boolean => frames < MAX_FRAMES_PER_WINDOW && bytes < MAX_BYTES_PER_WINDOW;
  const begin = (): void => {
    // Each window in a turn of its own: a slow turn must not bring two, and whoever writes the log gets its own.
    window ??= setTimeout(() => setImmediate(renew), windowMs).unref();
  };
  const renew = (): void => {
    window = undefined;
    frames = 0;
    bytes = Math.max(0, bytes - MAX_BYTES_PER_WINDOW);
    if (bytes > 0) begin();
    // Who uses up the window here queues again, behind those that had no turn in it.
    while (hasRoom()) {
      const turn = turns.shift();
      if (turn === undefined) return;
      turn();
    }
  };
  return {
    tryTake: (size) => {
      if (!hasRoom()) return false;
      frames += 1;
      bytes += size;
      begin();
      return true;
    },
    whenRenewed: (turn) => {
      turns.push(turn);
      begin();
    },
  };
};
