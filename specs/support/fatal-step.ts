/**
 * The child's part of every-step.ts: a scenario whose steps on files have names, and that kills or stops
 * itself right before or right after one of them. A step is told by its name and how often there was one of
 * that name before: actuators that work side by side take their steps in another order each time.
 */
import { writeSync } from 'node:fs';
import { relative } from 'node:path';
import * as t from 'io-ts';
import type { LimitFiles } from '../../adapters/monitor/protection/files';
import type { UndoFiles } from '../../adapters/monitor/protection/undo-files';
import { rightOf } from './either';
import { openProtectionTree, type ProtectionTree } from './protection-tree';

export const FatalStep = t.strict({
  /** What the step does, "write memory.high". */
  name: t.string,
  /** Which of that name, from 1; 0: none of them. */
  occurrence: t.number,
  when: t.union([t.literal('before'), t.literal('after')]),
  signal: t.union([t.literal('SIGKILL'), t.literal('SIGSTOP')]),
  /** Whether the watchdog process is killed too, just before; or stopped, until the test lets it go on. */
  watchdog: t.union([t.literal('lives'), t.literal('dies'), t.literal('stands still')]),
});
export type FatalStep = t.TypeOf<typeof FatalStep>;

export interface SteppedScenario {
  readonly tree: ProtectionTree;
  /** The tree's, with their steps named. */
  readonly files: LimitFiles;
  readonly undoFiles: UndoFiles;
  /** Another step of the scenario. */
  readonly step: <A>(name: string, act: () => Promise<A>) => Promise<A>;
  /** It was stopped, and goes on. */
  readonly wasStruck: () => boolean;
  /** To be told as soon as there is one, so that it can be killed. */
  setGuardPid(pid: number | null): void;
}

/** What the parent reads on stdout: "struck", the watchdog process's pid, and what the step does; or "completed", 0, and the names of all steps as JSON. */
export const STRUCK = 'struck';
export const COMPLETED = 'completed';

const STDOUT = 1;

const WATCHDOG_SIGNAL = { lives: null, dies: 'SIGKILL', 'stands still': 'SIGSTOP' } as const;

class Steps {
  guardPid: number | null = null;
  wasStruck = false;
  readonly names: string[] = [];
  readonly #counts = new Map<string, number>();

  constructor(private readonly fatal: FatalStep) {}

  async during<A>(name: string, act: () => Promise<A>): Promise<A> {
    const occurrence = this.#begin(name);
    try {
      return await act();
    } finally {
      this.#strikeIf(name, occurrence, 'after');
    }
  }

  duringSync<A>(name: string, act: () => A): A {
    const occurrence = this.#begin(name);
    try {
      return act();
    } finally {
      this.#strikeIf(name, occurrence, 'after');
    }
  }

  #begin(name: string): number {
    const occurrence = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, occurrence);
    this.names.push(name);
    this.#strikeIf(name, occurrence, 'before');
    return occurrence;
  }

  #strikeIf(name: string, occurrence: number, when: FatalStep['when']): void {
    const { fatal } = this;
    if (name !== fatal.name || occurrence !== fatal.occurrence || when !== fatal.when) return;
    const signal = WATCHDOG_SIGNAL[fatal.watchdog];
    if (signal !== null && this.guardPid !== null) process.kill(this.guardPid, signal);
    writeSync(STDOUT, `${STRUCK} ${this.guardPid ?? 0} ${name}\n`);
    this.wasStruck = true;
    process.kill(process.pid, fatal.signal);
  }
}

type Naming = (path: string) => string;

/** A file as the tree names it ("memory.high", "throttle/cgroup.procs"); our note is "note". */
export const namesIn =
  ({ paths: { managed, throttleCgroup, intentFile } }: ProtectionTree): Naming =>
  (path) =>
    path === intentFile ? 'note' : relative(managed, path).replace(relative(managed, throttleCgroup), 'throttle');

const stepped = (files: LimitFiles, steps: Steps, name: Naming): LimitFiles => ({
  readText: (path) => steps.during(`read ${name(path)}`, () => files.readText(path)),
  writeKernel: (path, text) => steps.during(`write ${name(path)}`, () => files.writeKernel(path, text)),
  replaceFile: (path, text) => steps.during(`replace ${name(path)}`, () => files.replaceFile(path, text)),
  removeFile: (path) => steps.during(`remove ${name(path)}`, () => files.removeFile(path)),
  makeDirectory: (path) => steps.during(`make ${name(path)}`, () => files.makeDirectory(path)),
  removeDirectory: (path) => steps.during(`remove ${name(path)}`, () => files.removeDirectory(path)),
  remount: (mountPoint, size) => steps.during('remount shared memory', () => files.remount(mountPoint, size)),
  holdLimit: async (path) => {
    const held = await steps.during(`hold ${name(path)}`, () => files.holdLimit(path));
    return {
      writeSync: (text) => {
        steps.duringSync(`lift ${name(path)}`, () => {
          held.writeSync(text);
        });
      },
      close: () => held.close(),
    };
  },
});

const steppedUndo = (files: UndoFiles, steps: Steps, name: Naming): UndoFiles => ({
  readText: (path) => steps.duringSync(`read ${name(path)}`, () => files.readText(path)),
  readOwn: (path) => steps.duringSync(`read ${name(path)}`, () => files.readOwn(path)),
  writeKernel: (path, text) => {
    steps.duringSync(`write ${name(path)}`, () => {
      files.writeKernel(path, text);
    });
  },
  removeFile: (path) => {
    steps.duringSync(`remove ${name(path)}`, () => {
      files.removeFile(path);
    });
  },
  removeDirectory: (path) => {
    steps.duringSync(`remove ${name(path)}`, () => {
      files.removeDirectory(path);
    });
  },
  remount: (mountPoint, size) => {
    steps.duringSync(`remount with ${size}`, () => {
      files.remount(mountPoint, size);
    });
  },
});

/** For a script that every-step.ts runs; ends the process. What `scenario` rejects with fails the test. */
export const runScenario = async (scenario: (stepping: SteppedScenario) => Promise<void>): Promise<void> => {
  const [, , base = '', fatalStep = ''] = process.argv;
  const tree = openProtectionTree(base);
  const steps = new Steps(rightOf(FatalStep.decode(JSON.parse(fatalStep))));
  const name = namesIn(tree);
  await scenario({
    tree,
    files: stepped(tree.files, steps, name),
    undoFiles: steppedUndo(tree.undoFiles, steps, name),
    step: (named, act) => steps.during(named, act),
    wasStruck: () => steps.wasStruck,
    setGuardPid: (pid) => {
      steps.guardPid = pid;
    },
  });
  writeSync(STDOUT, `${COMPLETED} 0 ${JSON.stringify(steps.names)}\n`);
  process.exit(0);
};
