/**
 * How undoing is done: a step is a generator that yields one act on the machine after the other and is given what
 * became of it. So the same step is driven at once, by a process that starts, that ends, or that is `thaw` (actAtOnce),
 * and by a monitor that goes on and must not block, as to move a process can take 130 ms (actLive).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { FileFailure } from '../../shared/node-error';
import { attempt, attemptSync, isGone } from './attempt';
import type { ActuatorFiles, MachineFiles } from './files';

/** Waits before each new try of what must be undone: 1.6 s in all, as an orderly exit has 2 s. */
const UNDO_RETRY_MS: readonly number[] = [10, 20, 50, 100, 200, 400, 800];

/** Lines for people, each naming its file. */
export interface Restored {
  /** What was undone. */
  readonly lifted: readonly string[];
  /** What was found besides: limits of somebody else that were left, a note that cannot be understood. */
  readonly notes: readonly string[];
  /** What could not be undone, and why. Empty: rule R3 holds. */
  readonly failed: readonly string[];
}

/** Where the steps tell it. */
export type Report = { readonly [Key in keyof Restored]: string[] };

export const emptyReport = (): Report => ({ lifted: [], notes: [], failed: [] });

type Outcome = Either<FileFailure, unknown>;

/** One act, by whichever files. */
interface Act {
  /** For the message when it fails. */
  readonly what: string;
  readonly by: <Result>(files: MachineFiles<Result, Result>) => Result;
}

/** One act after the other, and at the end what they have come to. */
export type Acts<Result = void> = Generator<Act, Result, Outcome>;

export function* readText(path: string): Acts<Either<FileFailure, string>> {
  return E.map(String)(yield { what: path, by: (files) => files.readText(path) });
}

export const writing = (path: string, text: string): Act => ({
  what: path,
  by: (files) => files.writeKernel(path, text),
});

export const removing = (directory: string): Act => ({
  what: directory,
  by: (files) => files.removeDirectory(directory),
});

export const remounting = (mountPoint: string, size: string): Act => ({
  what: `${mountPoint}: remount with size=${size}`,
  by: (files) => files.remount(mountPoint, size),
});

/** What is gone needs no undoing, and nothing is told of it. */
export const tell = (report: Report, done: Outcome, lifted: string): void => {
  if (E.isRight(done)) report.lifted.push(lifted);
  else if (!isGone(done.left)) report.failed.push(done.left.message);
};

/** Writes `text` where the file reads otherwise. */
export function* putBack(path: string, text: string, word: string, report: Report): Acts {
  const before = yield* readText(path);
  if (E.isRight(before) && before.right.trim() === text.trim()) return;
  tell(report, E.isLeft(before) ? before : yield writing(path, text), `${path}: ${word}`);
}

export const actAtOnce = <Result>(acts: Acts<Result>, files: MachineFiles<unknown, unknown>): Result => {
  let next = acts.next(E.right(null));
  while (next.done !== true) {
    const { what, by } = next.value;
    next = acts.next(attemptSync(what, () => by<unknown>(files)));
  }
  return next.value;
};

/** Never rejects. */
export const actOnce = ({ what, by }: Act, files: ActuatorFiles): Promise<Outcome> =>
  attempt(what, () => by<Promise<unknown>>(files));

export const actLive = async <Result>(acts: Acts<Result>, files: ActuatorFiles): Promise<Result> => {
  let next = acts.next(E.right(null));
  while (next.done !== true) {
    next = acts.next(await actOnce(next.value, files));
  }
  return next.value;
};

/** Tries again after each of the waits while something fails; says once of each thing that it was undone. */
export const untilUndone = async (
  undo: () => Restored | Promise<Restored>,
  waitsMs: readonly number[] = UNDO_RETRY_MS,
): Promise<Restored> => {
  let restored = await undo();
  const lifted = [...restored.lifted];
  for (const ms of waitsMs) {
    if (restored.failed.length === 0) break;
    await sleep(ms);
    restored = await undo();
    lifted.push(...restored.lifted.filter((line) => !lifted.includes(line)));
  }
  return { ...restored, lifted };
};
