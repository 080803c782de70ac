/** Limits on a fake tree, and what they tell; what a monitor before has left in it. */
import { writeFileSync } from 'node:fs';
import { left, right, type Either } from 'fp-ts/Either';
import { CgroupLimits } from '../../../../adapters/monitor/protection/cgroup-limits';
import type { LimitFiles } from '../../../../adapters/monitor/protection/files';
import { type Intent, intentText, NOTHING } from '../../../../adapters/monitor/protection/intent';
import { IntentRecords, type Watchkeeper } from '../../../../adapters/monitor/protection/intent-records';
import { restoreSync } from '../../../../adapters/monitor/protection/restore';
import type { Restored } from '../../../../adapters/monitor/protection/undoing';
import type { RestoreMode } from '../../../../adapters/monitor/protection/restore-modes';
import type { UndoFiles } from '../../../../adapters/monitor/protection/undo-files';
import { createProtectionTree, type ProtectionTree } from '../../../support/protection-tree';

const trees = new Set<ProtectionTree>();
const used = new Set<CgroupLimits>();

export const newTree = (): ProtectionTree => {
  const tree = createProtectionTree();
  trees.add(tree);
  return tree;
};

/** Belongs into afterEach. */
export const disposeTrees = async (): Promise<void> => {
  // What is in place is held open.
  await Promise.all([...used].map((limits) => limits.liftAll()));
  used.clear();
  for (const tree of trees) tree.dispose();
  trees.clear();
};

/** A watchdog process that says what it is told to, and counts. The real one has its own spec. */
export class ScriptedGuard implements Watchkeeper {
  answer: Either<string, void> = right(undefined);
  watches = 0;

  watch(): Promise<Either<string, void>> {
    if (this.answer._tag === 'Right') this.watches += 1;
    return Promise.resolve(this.answer);
  }

  rest(): void {
    this.watches -= 1;
  }

  isLost(): void {
    this.answer = left('no watchdog process: it was ended by SIGKILL');
  }
}

export interface TestLimits {
  readonly tree: ProtectionTree;
  readonly limits: CgroupLimits;
  readonly records: IntentRecords;
  readonly watchdog: ScriptedGuard;
  /** What onForeign was told. */
  readonly foreign: readonly (readonly [string, number | null])[];
  /** Sets the clock. */
  readonly at: (ms: number) => void;
}

/** @param change what the files do otherwise than those of the tree */
export const limitsOn = (
  tree = newTree(),
  change: (files: LimitFiles) => Partial<LimitFiles> = () => ({}),
): TestLimits => {
  const files = { ...tree.files, ...change(tree.files) };
  const { paths } = tree;
  const watchdog = new ScriptedGuard();
  const records = new IntentRecords({ intentFile: paths.intentFile, files, watchdog, session: 'this-run' });
  const foreign: [string, number | null][] = [];
  let nowMs = 0;
  const limits = new CgroupLimits({
    paths,
    files,
    records,
    nowMs: () => nowMs,
    onForeign: (file, bytes) => foreign.push([file, bytes]),
  });
  used.add(limits);
  return {
    tree,
    limits,
    records,
    watchdog,
    foreign,
    at: (ms) => {
      nowMs = ms;
    },
  };
};

/** Leaves a note as a monitor before would. */
export const noteIn = ({ paths }: ProtectionTree, changes: Partial<Intent>): void => {
  writeFileSync(paths.intentFile, intentText('a-run-before', { ...NOTHING, ...changes }));
};

/** One try. @param change what the files do otherwise than those of the tree */
export const undoIn = (tree: ProtectionTree, mode: RestoreMode, change: Partial<UndoFiles> = {}): Restored =>
  restoreSync({ paths: tree.paths, files: { ...tree.undoFiles, ...change }, mode });

/** As Node throws it. */
export const codeError = (code: string): Error => Object.assign(new Error(`${code}: no`), { code });

/** A promise and its resolver. */
export const gate = (): { readonly opened: Promise<void>; readonly open: () => void } => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};
