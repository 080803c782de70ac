/**
 * All that a monitor may have put in place, in the order in which it is undone: limits first, as they only take a write,
 * then what moves processes, then what starts one. One list for everybody who undoes: restore.ts takes the steps within
 * a process, once (restoreSync) or until nothing is left (restore); the watchdog's script is made of their `shell`.
 */
import * as E from 'fp-ts/Either';
import type { Intent } from './intent';
import type { LimitName } from './limit-text';
import type { Report, RestoreJob } from './restore-job';
import { restoreLimit } from './restore-limit';
import type { ModeRules } from './restore-modes';
import { restoreThrottleCgroup } from './restore-throttle-cgroup';

export interface UndoJob extends RestoreJob {
  readonly intent: Intent;
  readonly rules: ModeRules;
}

export interface UndoStep {
  /** The first word of those lines of the intent record that tell of it. */
  readonly entry: string;
  /** One try. It is done where the kernel has taken every write, or what it was about is gone. */
  readonly undo: (job: UndoJob, report: Report) => void;
  /** Commands of the watchdog's script; they set `failed` where something stays in place. */
  readonly shell: {
    /** For one line of the record; what follows the first word is in $word and $path. */
    readonly recorded: string;
    /** For a record that is not whole: whatever is in place goes. Null: only the record tells how it was before. */
    readonly unknown: string | null;
  };
}

const limitStep = (name: LimitName, oursOf: (intent: Intent) => readonly number[]): UndoStep => ({
  entry: name,
  undo: ({ intent, rules, ...job }, report) => {
    restoreLimit({ ...job, name, ours: oursOf(intent), foreign: rules.foreignLimits }, report);
  },
  shell: { recorded: `lift "$managed/${name}" "$word"`, unknown: `lift "$managed/${name}"` },
});

const throttleStep: UndoStep = {
  entry: 'throttle',
  undo: ({ intent: { throttleCgroup }, rules, ...job }, report) => {
    if (rules.throttleCgroup === 'noted' && throttleCgroup === null) return;
    restoreThrottleCgroup(job, throttleCgroup ?? new Map(), report);
  },
  shell: { recorded: 'undo_throttle', unknown: 'undo_throttle' },
};

const shmCapStep: UndoStep = {
  entry: 'shmCap',
  undo: ({ files, intent: { shmCap } }, report) => {
    if (shmCap === null) return;
    const { mountPoint, originalSize } = shmCap;
    const mounted = files.remount(mountPoint, originalSize);
    if (E.isLeft(mounted)) report.failed.push(mounted.left);
    else report.lifted.push(`${mountPoint}: its size is ${originalSize} again`);
  },
  shell: { recorded: 'restore_size "$word" "$path"', unknown: null },
};

export const UNDO_STEPS: readonly UndoStep[] = [
  limitStep('memory.high', ({ highBytes }) => highBytes),
  limitStep('memory.max', ({ maxBytes }) => maxBytes),
  throttleStep,
  shmCapStep,
];
