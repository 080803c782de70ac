/** The one list of what is undone: it knows all that can be recorded, and whoever takes its steps comes to the same. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActuatorFiles, MachineFiles } from '../../../../adapters/monitor/protection/files';
import { type Intent, intentText, NOTHING, parseIntent } from '../../../../adapters/monitor/protection/intent';
import { restoreSync } from '../../../../adapters/monitor/protection/restore';
import { MODES } from '../../../../adapters/monitor/protection/restore-modes';
import type { UndoFiles } from '../../../../adapters/monitor/protection/undo-files';
import { release, UNDO_STEPS } from '../../../../adapters/monitor/protection/undo-steps';
import { actAtOnce, emptyReport } from '../../../../adapters/monitor/protection/undoing';
import { WATCHDOG_SCRIPT } from '../../../../adapters/monitor/protection/watchdog-script';
import { GIB, MIB } from '../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../support/either';
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
  expect(words).toEqual(Object.keys(UNDO_STEPS));
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

const undoFilesIn = (tree: ProtectionTree): UndoFiles => ({
  ...tree.undoFiles,
  remount: (mountPoint, size) => {
    writeFileSync(remounts(tree), `-o remount,rw,size=${size} ${mountPoint}\n`);
  },
});

const liveFilesIn = (tree: ProtectionTree): ActuatorFiles => ({
  ...tree.files,
  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
  remount: async (mountPoint, size) => {
    undoFilesIn(tree).remount(mountPoint, size);
  },
});

const atOnce = (tree: ProtectionTree): void => {
  restoreSync({ paths: tree.paths, files: undoFilesIn(tree), mode: 'ours' });
};

/** Each entry of a record, one after the other. */
const releaseAll = async ({ paths }: ProtectionTree, intent: Intent, files: ActuatorFiles): Promise<void> => {
  for (const entry of Object.keys(UNDO_STEPS) as (keyof typeof UNDO_STEPS)[])
    rightOf(await release(entry, { files, paths }, () => intent));
};

const live = (tree: ProtectionTree): Promise<void> => {
  const { intentFile } = tree.paths;
  const intent = rightOf(parseIntent(intentFile, readFileSync(intentFile, 'utf8')));
  return releaseAll(tree, intent, liveFilesIn(tree));
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

type Undo = (tree: ProtectionTree) => void | Promise<void>;

const undone = async (undo: Undo, text: (tree: ProtectionTree) => string): Promise<ReturnType<typeof stateOf>> => {
  const tree = treeWithAll();
  writeFileSync(tree.paths.intentFile, text(tree));
  await undo(tree);
  return stateOf(tree);
};

const REMOUNTED = '-o remount,rw,size=1024k /mnt/shm';
const UNDONE = { ...EMPTIED, high: 'max', max: 'max', remounted: REMOUNTED };

describe.each([
  ['at once, as by a start, an exit and thaw', atOnce],
  ['while the monitor goes on', live],
  ['by the watchdog', byWatchdog],
] as const)('undone %s', (_, undo) => {
  it('all that is recorded goes', async () => {
    expect(await undone(undo, (tree) => intentText(SESSION, everything(tree)))).toEqual(UNDONE);
  });

  it.each([
    ['highBytes', { high: 'max' }],
    ['maxBytes', { max: 'max' }],
    ['throttleCgroup', EMPTIED],
    ['shmCap', { remounted: REMOUNTED }],
  ] as const)('of a record of %s alone nothing else goes', async (key, changes) => {
    const only = (tree: ProtectionTree): Intent => ({ ...NOTHING, [key]: everything(tree)[key] });
    expect(await undone(undo, (tree) => intentText(SESSION, only(tree)))).toEqual({
      ...IN_PLACE,
      remounted: null,
      ...changes,
    });
  });
});

it.each([
  ['at once', atOnce],
  ['by the watchdog', byWatchdog],
] as const)(
  'undone %s with a record that is not whole everything goes but the size, of which nothing is known',
  async (_, undo) => {
    expect(await undone(undo, (tree) => intentText(SESSION, everything(tree)).replace(/moved[^]*/, ''))).toEqual({
      high: 'max',
      max: 'max',
      throttleCgroup: false,
      managed: '101\n102\n103',
      sub: '',
      remounted: null,
    });
  },
);

/** The files that undoing takes, telling each act before it. */
const telling = <Result>(
  files: MachineFiles<Result, Result>,
  before: (act: string, by: () => Result) => Result,
): MachineFiles<Result, Result> => ({
  readText: (path) => before(`read ${path}`, () => files.readText(path)),
  writeKernel: (path, text) => before(`write ${path} ${text}`, () => files.writeKernel(path, text)),
  removeFile: (path) => before(`remove ${path}`, () => files.removeFile(path)),
  removeDirectory: (path) => before(`remove ${path}`, () => files.removeDirectory(path)),
  remount: (mountPoint, size) => before(`remount ${mountPoint} ${size}`, () => files.remount(mountPoint, size)),
});

/** What undoing does on its way, without the record itself. */
const actsAtOnce = (tree: ProtectionTree): readonly string[] => {
  const acts: string[] = [];
  const files = telling<unknown>(undoFilesIn(tree), (act, by) => {
    acts.push(act);
    return by();
  });
  for (const { undo } of Object.values(UNDO_STEPS))
    actAtOnce(undo({ paths: tree.paths, intent: everything(tree), rules: MODES.ours }, emptyReport()), files);
  return acts;
};

const liveTelling = (
  tree: ProtectionTree,
  before: (act: string, by: () => Promise<unknown>) => Promise<unknown>,
): ActuatorFiles => {
  const files = liveFilesIn(tree);
  // What is read is a text, and what is done is not looked at.
  return { ...files, ...(telling<Promise<unknown>>(files, before) as MachineFiles<Promise<string>, Promise<void>>) };
};

const actsLive = async (tree: ProtectionTree): Promise<readonly string[]> => {
  const acts: string[] = [];
  const files = liveTelling(tree, (act, by) => {
    acts.push(act);
    return by();
  });
  await releaseAll(tree, everything(tree), files);
  return acts;
};

it('a monitor that goes on does the same, in the same order, as one that ends', async () => {
  const tree = treeWithAll();
  const [ended, goesOn] = [actsAtOnce(treeWithAll()), await actsLive(tree)];
  const names = (acts: readonly string[]): readonly string[] => acts.map((act) => act.replace(/\S*\/cgroup\//, ''));
  expect(names(goesOn)).toEqual(names(ended));
  expect(goesOn).toHaveLength(12);
});

it('after a death before or after any act of a release the next start undoes the rest', async () => {
  const acts = (await actsLive(treeWithAll())).length;
  for (const when of ['before', 'after']) {
    for (let fatal = 1; fatal <= acts; fatal += 1) {
      const tree = treeWithAll();
      writeFileSync(tree.paths.intentFile, intentText(SESSION, everything(tree)));
      let act = 0;
      await new Promise<void>((die) => {
        const files = liveTelling(tree, async (_act, by) => {
          act += 1;
          if (act !== fatal) return by();
          if (when === 'after') await by();
          die();
          return new Promise(() => undefined);
        });
        void releaseAll(tree, everything(tree), files);
      });
      atOnce(tree);
      expect({ when, fatal, ...stateOf(tree) }).toEqual({ when, fatal, ...UNDONE });
      expect(existsSync(tree.paths.intentFile)).toBe(false);
    }
  }
});

it('a release that fails is tried again from its beginning, and says what stays', async () => {
  const tree = treeWithAll();
  const { paths } = tree;
  let refusals = 1;
  const files = liveTelling(tree, (act, by) =>
    act.endsWith('103\n') && (refusals -= 1) >= 0 ? Promise.reject(new Error('no')) : by(),
  );
  const recorded = (): Partial<Intent> => ({ throttleCgroup: everything(tree).throttleCgroup });
  expect(leftOf(await release('throttle', { files, paths }, recorded, []))).toBe(
    `pid 103 stays in ${paths.throttleCgroup}, without a limit: ${paths.managed}/cgroup.procs: no; ` +
      `${paths.throttleCgroup}: EBUSY: ${paths.throttleCgroup}`,
  );
  refusals = 1;
  rightOf(await release('throttle', { files, paths }, recorded, [1]));
  expect(stateOf(tree)).toEqual({ ...IN_PLACE, ...EMPTIED, remounted: null });
});
