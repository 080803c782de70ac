/** What restoring is told, and what it tells. */
import type { ProtectionPaths } from './paths';
import type { RestoreMode } from './restore-modes';
import type { UndoFiles } from './undo-files';

export interface RestoreJob {
  readonly paths: ProtectionPaths;
  readonly files: UndoFiles;
  readonly mode: RestoreMode;
}

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
