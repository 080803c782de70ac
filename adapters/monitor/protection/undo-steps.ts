/**
 * All that a monitor may have put in place, in the order in which it is undone: limits first, as they only take a write,
 * then what moves processes, then what starts one. One list for everybody who undoes: restore.ts takes all its steps at
 * once, for a start, an exit and `thaw`; a monitor that goes on releases one entry (`release`); the watchdog's script is
 * made of their `shell`.
 */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { readUse } from './cgroup-use';
import type { ActuatorFiles } from './files';
import { type Intent, NOTHING } from './intent';
import { type LimitName, NO_LIMIT, readLimit } from './limit-text';
import type { ProtectionPaths } from './paths';
import { type ModeRules, MODES } from './restore-modes';
import { THROTTLE_CGROUP_STEPS } from './undo-throttle-cgroup';
import { emptyReport, remounting, type Report, tell, type Acts, actLive, untilUndone, writing } from './undoing';
import { MIB } from '../../../machines/shared/units';

export interface UndoJob {
  readonly paths: ProtectionPaths;
  readonly intent: Intent;
  readonly rules: ModeRules;
}

interface UndoStep {
  /** One try. It is done where the kernel has taken every write, or what it was about is gone. */
  readonly undo: (job: UndoJob, report: Report) => Acts;
  /** Commands of the watchdog's script; they set `failed` where something stays in place. */
  readonly shell: {
    /** For one line of the record; what follows the first word is in $word and $path. */
    readonly recorded: string;
    /** For a record that is not whole: whatever is in place goes. Null: only the record tells how it was before. */
    readonly unknown: string | null;
  };
}

/** A limit of somebody else that is found at the start may stay where it is as far above. */
const FOREIGN_ROOM_BYTES = 64 * MIB;

/** Whether a limit that is not ours stays. What is not known is not safe. */
function* isLeftAlone({ paths, rules }: UndoJob, name: LimitName, bytes: number): Acts<boolean> {
  if (rules.foreignLimits !== 'leave if safe') return rules.foreignLimits === 'leave';
  const use = yield* readUse(paths.managed, name);
  return E.isRight(use) && bytes >= use.right + FOREIGN_ROOM_BYTES;
}

function* undoLimit(job: UndoJob, name: LimitName, ours: readonly number[], report: Report): Acts {
  const path = join(job.paths.managed, name);
  const limit = yield* readLimit(path);
  if (E.isLeft(limit)) report.failed.push(limit.left);
  else if (limit.right === null || limit.right === 'gone') return;
  else if (!ours.includes(limit.right) && (yield* isLeftAlone(job, name, limit.right)))
    report.notes.push(`${path}: ${limit.right} is not ours, left`);
  else tell(report, yield writing(path, NO_LIMIT), `${path}: lifted, was ${limit.right}`);
}

const limitStep = (name: LimitName, entry: 'highBytes' | 'maxBytes'): UndoStep => ({
  undo: (job, report) => undoLimit(job, name, job.intent[entry], report),
  shell: { recorded: `lift "$managed/${name}" "$word"`, unknown: `lift "$managed/${name}"` },
});

function* undoThrottle({ paths, intent: { throttleCgroup }, rules }: UndoJob, report: Report): Acts {
  if (rules.throttleCgroup === 'noted' && throttleCgroup === null) return;
  for (const { undo } of THROTTLE_CGROUP_STEPS) yield* undo(paths, throttleCgroup ?? new Map(), report);
}

function* undoShmCap({ intent: { shmCap } }: UndoJob, report: Report): Acts {
  if (shmCap === null) return;
  const { mountPoint, originalSize } = shmCap;
  tell(report, yield remounting(mountPoint, originalSize), `${mountPoint}: its size is ${originalSize} again`);
}

/** By the first word of those lines of the intent record that tell of it. */
export const UNDO_STEPS = {
  'memory.high': limitStep('memory.high', 'highBytes'),
  'memory.max': limitStep('memory.max', 'maxBytes'),
  throttle: { undo: undoThrottle, shell: { recorded: 'undo_throttle', unknown: 'undo_throttle' } },
  shmCap: { undo: undoShmCap, shell: { recorded: 'restore_size "$word" "$path"', unknown: null } },
} satisfies Readonly<Record<string, UndoStep>>;

/** Which files a release needs, and which place. */
export interface ReleaseBy {
  readonly files: ActuatorFiles;
  readonly paths: ProtectionPaths;
}

/**
 * Undoes one entry while the monitor goes on. Never rejects. Left: what stays in place, and why; to be called again.
 * @param ours what is recorded of it at each try
 */
export const release = async (
  entry: keyof typeof UNDO_STEPS,
  { files, paths }: ReleaseBy,
  ours: () => Partial<Intent>,
  waitsMs?: readonly number[],
): Promise<Either<string, void>> => {
  const { failed } = await untilUndone(async () => {
    const report = emptyReport();
    const job: UndoJob = { paths, intent: { ...NOTHING, ...ours() }, rules: MODES.ours };
    await actLive(UNDO_STEPS[entry].undo(job, report), files);
    return report;
  }, waitsMs);
  return failed.length === 0 ? E.right(undefined) : E.left(failed.join('; '));
};
