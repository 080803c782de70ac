/**
 * Rule R3 at every step of a flow of the whole monitor: it is killed or stopped right before and right
 * after each step that its actuators take. Cgroups, /proc and shared memory are a fake tree
 * (specs/support/protected-vm.ts); the monitor, its watchdog process and its agent's socket are real.
 */
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { thawCommand } from '../../../adapters/cli/thaw.command';
import { restore } from '../../../adapters/monitor/protection/restore';
import type { RestoreMode } from '../../../adapters/monitor/protection/restore-modes';
import { eventually } from '../../support/eventually';
import { everyStep, type Fate, type Struck } from '../../support/every-step';
import { transcriptOf } from '../../support/monitor-flow';
import { makeVm, needsKernel, NOTHING_STANDS, standingIn, undoFilesOf } from '../../support/protected-vm';
import type { ProtectionTree } from '../../support/protection-tree';
import { surroundings } from '../../support/environment';
import { expectStory } from './story';

export interface FlowExpectations {
  /** Steps that the flow has in any case. It has more, and their order may differ. */
  readonly steps: readonly string[];
  /** What happens in this order in a flow that nobody disturbs, among other things; in the words of story.ts. */
  readonly story: readonly string[];
}

const LONGEST_MS = 300_000;

const isFree = (tree: ProtectionTree): void => {
  expect(standingIn(tree)).toEqual(NOTHING_STANDS);
};

/** `start`: what the next monitor does first. `everything`: what `vm-monitor thaw` does. With the tree's part of the kernel. */
const restored = async (tree: ProtectionTree, mode: RestoreMode): Promise<void> => {
  const { failed } = await restore({ paths: tree.paths, files: undoFilesOf(tree), mode });
  expect(failed).toEqual([]);
  isFree(tree);
  expect(existsSync(tree.paths.intentFile)).toBe(false);
};

/** On ordinary files, so only where no process is to be moved, no cgroup to be removed, and nothing to be mounted. */
const thawed = async (tree: ProtectionTree): Promise<void> => {
  const said: string[] = [];
  const terminal = { out: () => undefined, err: (text: string) => said.push(text) };
  const environment = { RUNTIME_DIRECTORY: tree.runtimeDirectory };
  const args = ['--cgroup', tree.cgroup, '--cgroup-root', tree.cgroupRoot];
  expect([await thawCommand(args, surroundings({ environment }), terminal), said]).toEqual([0, []]);
  isFree(tree);
};

const guardLifts = (tree: ProtectionTree): Promise<void> => eventually(() => standingIn(tree), NOTHING_STANDS);

/** What one death has left can be put back so many times, to be looked at again. */
const PUT_BACK = 2;

const withCopies = async ({ base }: ProtectionTree, work: (putBack: () => void) => Promise<void>): Promise<void> => {
  const copies = Array.from({ length: PUT_BACK }, (_, index) => `${base}-copy-${index}`);
  for (const copy of copies) cpSync(base, copy, { recursive: true, verbatimSymlinks: true });
  try {
    await work(() => {
      rmSync(base, { recursive: true });
      renameSync(copies.pop()!, base);
    });
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true });
  }
};

/** Its watchdog process was stopped just before. So what was left can be tried without it first, and with it then. */
const afterDeath = ({ tree, guardPid }: Struck): Promise<void> =>
  withCopies(tree, async (putBack) => {
    try {
      await restored(tree, 'start');
      putBack();
      if (needsKernel(tree)) await restored(tree, 'everything');
      else await thawed(tree);
    } finally {
      putBack();
      process.kill(guardPid, 'SIGCONT');
    }
    await guardLifts(tree);
  });

const whileStopped = async ({ tree, pid, ended }: Struck): Promise<void> => {
  await guardLifts(tree);
  process.kill(pid, 'SIGCONT');
  expect(await ended).toBe(0);
  isFree(tree);
  expect(existsSync(tree.paths.intentFile)).toBe(false);
};

interface Manner {
  readonly name: string;
  readonly fate: Fate;
  readonly check: (struck: Struck) => Promise<void>;
}

const MANNERS: readonly Manner[] = [
  {
    name: 'killed at any step: its watchdog process undoes all, and without a watchdog process the next start, and thaw',
    fate: { signal: 'SIGKILL', watchdog: 'stands still' },
    check: afterDeath,
  },
  {
    name: 'stopped at any step: its watchdog process undoes all, and when it goes on it leaves nothing at its end',
    fate: { signal: 'SIGSTOP', watchdog: 'lives' },
    check: whileStopped,
  },
];

/** Declares the tests of a flow: of the script NAME.flow.ts in this directory. */
export const everyMoment = (name: string, { steps, story }: FlowExpectations): void => {
  const script = join(__dirname, `${name}.flow.ts`);
  it.each(MANNERS)(
    `${name}: a monitor may be $name`,
    async ({ fate, check }) => {
      const observed = new Set<string>();
      const checkOne = async (struck: Struck): Promise<void> => {
        if (struck.step !== null) {
          observed.add(struck.step);
          await check(struck);
          return;
        }
        isFree(struck.tree);
        if (struck.isUndisturbed) expectStory(story, transcriptOf(struck.tree));
      };
      await everyStep({ script, fate, prepare: makeVm, check: checkOne });
      expect([...observed]).toEqual(expect.arrayContaining([...steps]));
    },
    LONGEST_MS,
  );
};
