/** The one list of what is undone: it knows all that can be recorded, and whoever takes its steps comes to the same. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { right } from 'fp-ts/Either';
import { type Intent, intentText, NOTHING } from '../../../../adapters/monitor/protection/intent';
import { restoreSync } from '../../../../adapters/monitor/protection/restore';
import { createThrottleCgroup } from '../../../../adapters/monitor/protection/throttle/throttle-cgroup';
import { UNDO_STEPS } from '../../../../adapters/monitor/protection/undo-steps';
import { WATCHDOG_SCRIPT } from '../../../../adapters/monitor/protection/watchdog-script';
import { GIB, MIB } from '../../../../machines/shared/units';
import { rightOf } from '../../../support/either';
import { limitsOf, type ProtectionTree } from '../../../support/protection-tree';
import { disposeTrees, newTree } from './support';

afterEach(disposeTrees);

const SESSION = 'this-run';
const OURS = 2 * GIB;

/** All that a monitor can have in place. */
const everything = ({ paths }: ProtectionTree): Intent => ({
  highBytes: [OURS],
  maxBytes: [OURS + MIB],
  throttleCgroup: new Map([
    [102, join(paths.managed, 'sub')],
    [103, paths.managed],
  ]),
  shmCap: { mountPoint: '/mnt/shm', originalSize: '1024k' },
});

it('has a step for each kind of line of the record, in the order of its lines', () => {
  const lines = intentText(SESSION, everything(newTree())).trimEnd().split('\n').slice(2, -1);
  const words = lines.map((line) => line.split(' ')[0]).filter((word) => word !== 'moved');
  expect(words).toEqual(UNDO_STEPS.map(({ entry }) => entry));
});

/** A tree in which all of it is in place, whatever the record says. */
const treeWithAll = (): ProtectionTree => {
  const tree = newTree();
  tree.makeCgroup('sub');
  tree.makeCgroup('throttle');
  tree.set('memory.high', `${OURS}\n`);
  tree.set('memory.max', `${OURS + MIB}\n`);
  tree.set('throttle/memory.high', `${16 * MIB}\n`);
  tree.set('throttle/cgroup.procs', '102\n103\n');
  tree.set('cgroup.procs', '101\n');
  return tree;
};

const remounts = (tree: ProtectionTree): string => join(tree.base, 'remounts');

const withinProcess = (tree: ProtectionTree): void => {
  const remount = (mountPoint: string, size: string) => {
    writeFileSync(remounts(tree), `-o remount,rw,size=${size} ${mountPoint}\n`);
    return right(undefined);
  };
  restoreSync({ paths: tree.paths, files: { ...tree.undoFiles, remount }, mode: 'ours' });
};

/** Process 1 is not its parent: it undoes, and ends. */
const byWatchdog = (tree: ProtectionTree): void => {
  writeFileSync(join(tree.commands, 'mount'), `#!/bin/sh\necho "$@" > ${remounts(tree)}\n`);
  chmodSync(join(tree.commands, 'mount'), 0o755);
  const { managed, throttleCgroup, intentFile, heartbeatFile } = tree.paths;
  const parameters = [SESSION, '1', managed, throttleCgroup, intentFile, heartbeatFile];
  const env = { PATH: `${tree.commands}:${process.env['PATH'] ?? ''}` };
  expect(spawnSync('/bin/sh', ['-c', WATCHDOG_SCRIPT, 'watchdog', ...parameters], { env }).status).toBe(0);
};

const stateOf = (tree: ProtectionTree) => ({
  ...limitsOf(tree),
  throttleCgroup: tree.exists('throttle'),
  managed: tree.read('cgroup.procs'),
  sub: tree.read('sub/cgroup.procs'),
  remounted: existsSync(remounts(tree)) ? readFileSync(remounts(tree), 'utf8').trim() : null,
});

const IN_PLACE = { high: String(OURS), max: String(OURS + MIB), throttleCgroup: true, managed: '101', sub: '' };
const EMPTIED = { throttleCgroup: false, managed: '101\n103', sub: '102' };

describe.each([
  ['within a process', withinProcess],
  ['by the watchdog', byWatchdog],
] as const)('undone %s', (_, undo) => {
  const undone = (text: (tree: ProtectionTree) => string): ReturnType<typeof stateOf> => {
    const tree = treeWithAll();
    writeFileSync(tree.paths.intentFile, text(tree));
    undo(tree);
    return stateOf(tree);
  };

  it('all that is recorded goes', () => {
    expect(undone((tree) => intentText(SESSION, everything(tree)))).toEqual({
      ...EMPTIED,
      high: 'max',
      max: 'max',
      remounted: '-o remount,rw,size=1024k /mnt/shm',
    });
  });

  it.each([
    ['highBytes', { high: 'max' }],
    ['maxBytes', { max: 'max' }],
    ['throttleCgroup', EMPTIED],
    ['shmCap', { remounted: '-o remount,rw,size=1024k /mnt/shm' }],
  ] as const)('of a record of %s alone nothing else goes', (key, changes) => {
    const only = (tree: ProtectionTree): Intent => ({ ...NOTHING, [key]: everything(tree)[key] });
    expect(undone((tree) => intentText(SESSION, only(tree)))).toEqual({ ...IN_PLACE, remounted: null, ...changes });
  });

  it('with a record that is not whole everything goes but the size, of which nothing is known', () => {
    expect(undone((tree) => intentText(SESSION, everything(tree)).replace(/moved[^]*/, ''))).toEqual({
      high: 'max',
      max: 'max',
      throttleCgroup: false,
      managed: '101\n102\n103',
      sub: '',
      remounted: null,
    });
  });
});

it('a release while the monitor goes on, which must not block, leaves of the throttle cgroup what undoing leaves', async () => {
  const tree = treeWithAll();
  const { throttleCgroup } = everything(tree);
  rightOf(await createThrottleCgroup(tree.files, tree.paths).remove(throttleCgroup ?? new Map()));
  expect(stateOf(tree)).toEqual({ ...IN_PLACE, ...EMPTIED, remounted: null });
});
