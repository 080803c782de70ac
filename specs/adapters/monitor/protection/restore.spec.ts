import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { restore } from '../../../../adapters/monitor/protection/restore';
import type { UndoFiles } from '../../../../adapters/monitor/protection/undo-files';
import { GIB, MIB } from '../../../../machines/shared/units';
import { CURRENT_BYTES, limitsOf, type ProtectionTree, UNRECLAIMABLE_BYTES } from '../../../support/protection-tree';
import { codeError, disposeTrees, newTree, noteIn, undoIn } from './support';

const OURS = CURRENT_BYTES + 100 * MIB;
/** Of somebody else, and safely above use. */
const FAR = 4 * GIB;
/** Of somebody else, and just not safely above the use that each has to stay clear of. */
const NEAR = { 'memory.high': CURRENT_BYTES + 63 * MIB, 'memory.max': UNRECLAIMABLE_BYTES + 63 * MIB };

let tree: ProtectionTree;

beforeEach(() => {
  tree = newTree();
});

afterEach(disposeTrees);

describe('a limit of ours', () => {
  it.each(['ours', 'start', 'everything'] as const)('is lifted in mode %s, and its note removed', (mode) => {
    noteIn(tree, { highBytes: [OURS], maxBytes: [FAR, 2 * FAR] });
    tree.set('memory.high', `${OURS}\n`);
    tree.set('memory.max', `${2 * FAR}\n`);
    expect(undoIn(tree, mode)).toEqual({
      lifted: [
        `${tree.paths.managed}/memory.high: lifted, was ${OURS}`,
        `${tree.paths.managed}/memory.max: lifted, was ${2 * FAR}`,
      ],
      notes: [],
      failed: [],
    });
    expect(limitsOf(tree)).toEqual({ high: 'max', max: 'max' });
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('that was noted but never set is nothing to lift', () => {
    noteIn(tree, { highBytes: [OURS] });
    expect(undoIn(tree, 'ours')).toEqual({ lifted: [], notes: [], failed: [] });
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });
});

describe('a limit that is not ours', () => {
  it.each([
    ['ours', 'memory.high', FAR, 'left'],
    ['ours', 'memory.max', NEAR['memory.max'], 'left'],
    ['start', 'memory.high', NEAR['memory.high'] + MIB, 'left'],
    ['start', 'memory.high', NEAR['memory.high'], 'lifted'],
    ['start', 'memory.max', NEAR['memory.max'] + MIB, 'left'],
    ['start', 'memory.max', NEAR['memory.max'], 'lifted'],
    ['everything', 'memory.max', FAR, 'lifted'],
    ['everything', 'memory.high', NEAR['memory.high'], 'lifted'],
  ] as const)('in mode %s in %s at %d is %s', (mode, file, bytes, outcome) => {
    noteIn(tree, { highBytes: [OURS] });
    tree.set(file, `${bytes}\n`);
    const { lifted, notes, failed } = undoIn(tree, mode);
    const path = `${tree.paths.managed}/${file}`;
    expect(tree.read(file)).toBe(outcome === 'lifted' ? 'max' : String(bytes));
    expect({ lifted, notes, failed }).toEqual(
      outcome === 'lifted'
        ? { lifted: [`${path}: lifted, was ${bytes}`], notes: [], failed: [] }
        : { lifted: [], notes: [`${path}: ${bytes} is not ours, left`], failed: [] },
    );
  });

  it.each([
    ['memory.high', 'memory.current'],
    ['memory.max', 'memory.stat'],
  ])('in %s is lifted at a start that cannot read %s', (file, use) => {
    tree.set(file, `${FAR}\n`);
    tree.set(use, '');
    undoIn(tree, 'start');
    expect(tree.read(file)).toBe('max');
  });
});

describe('a frozen cgroup', () => {
  it.each([
    ['ours', '1'],
    ['start', '0'],
    ['everything', '0'],
  ] as const)('in mode %s: cgroup.freeze is %s then', (mode, freeze) => {
    tree.set('cgroup.freeze', '1\n');
    undoIn(tree, mode);
    expect(tree.read('cgroup.freeze')).toBe(freeze);
  });
});

describe('the shared memory', () => {
  const shmCap = { mountPoint: '/dev/shm', originalSize: '50%' };

  it.each(['ours', 'start', 'everything'] as const)('of a note gets its size again in mode %s', (mode) => {
    noteIn(tree, { shmCap });
    const mounts: string[][] = [];
    const remount: UndoFiles['remount'] = (...parameters) => {
      mounts.push(parameters);
    };
    expect(undoIn(tree, mode, { remount }).lifted).toEqual(['/dev/shm: its size is 50% again']);
    expect(mounts).toEqual([['/dev/shm', '50%']]);
  });

  it('that cannot be remounted keeps its note', () => {
    noteIn(tree, { shmCap });
    const remount: UndoFiles['remount'] = () => {
      throw new Error('permission denied');
    };
    expect(undoIn(tree, 'ours', { remount }).failed).toEqual(['/dev/shm: remount with size=50%: permission denied']);
    expect(existsSync(tree.paths.intentFile)).toBe(true);
  });
});

describe('a note that says nothing', () => {
  it.each(['ours', 'start'] as const)('because it is torn: in mode %s everything may be ours', (mode) => {
    writeFileSync(tree.paths.intentFile, 'vm-monitor limits 2\nsession a\nmemory.hi');
    tree.set('memory.max', `${FAR}\n`);
    const { notes, failed } = undoIn(tree, mode);
    expect({ notes, failed }).toEqual({
      notes: [expect.stringMatching(/limits-[0-9a-f]{16}: the last line is not .*; so every limit may be ours$/)],
      failed: [],
    });
    expect(limitsOf(tree).max).toBe('max');
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('because it is a directory: everything may be ours, and the trouble is told', () => {
    mkdirSync(tree.paths.intentFile);
    tree.set('memory.max', `${FAR}\n`);
    const { notes, failed } = undoIn(tree, 'ours');
    expect(notes).toEqual([expect.stringContaining('EISDIR')]);
    expect(failed).toEqual([expect.stringContaining(tree.paths.intentFile)]);
    expect(limitsOf(tree).max).toBe('max');
  });
});

describe('a note that somebody else may have written', () => {
  const shmCap = { mountPoint: '/run', originalSize: '4k' };
  const mounts: string[] = [];
  const remount: UndoFiles['remount'] = (mountPoint) => {
    mounts.push(mountPoint);
  };

  afterEach(() => {
    expect(mounts).toEqual([]);
    expect(limitsOf(tree).max).toBe('max');
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('is not obeyed: all may write it', () => {
    noteIn(tree, { shmCap });
    chmodSync(tree.paths.intentFile, 0o666);
    tree.set('memory.max', `${FAR}\n`);
    expect(undoIn(tree, 'start', { remount }).notes).toEqual([
      `${tree.paths.intentFile}: others may write it (expected mode 0755 or less); so every limit may be ours`,
    ]);
  });

  it('is not obeyed: it is a link', () => {
    noteIn(tree, { shmCap });
    renameSync(tree.paths.intentFile, `${tree.base}/elsewhere`);
    symlinkSync(`${tree.base}/elsewhere`, tree.paths.intentFile);
    expect(undoIn(tree, 'ours', { remount }).notes).toEqual([expect.stringContaining('ELOOP')]);
  });

  it('is not waited for: it is a pipe', () => {
    execFileSync('mkfifo', ['-m', '600', tree.paths.intentFile]);
    expect(undoIn(tree, 'ours', { remount }).notes).toEqual([expect.stringContaining('so every limit may be ours')]);
  });
});

describe('restoring', () => {
  it('has nothing to do where there is no cgroup, no throttle cgroup and no note', () => {
    tree.removeManaged();
    for (const mode of ['ours', 'start', 'everything'] as const) {
      expect(undoIn(tree, mode)).toEqual({ lifted: [], notes: [], failed: [] });
    }
  });

  it('goes on with the rest where one step fails, and keeps the note', () => {
    noteIn(tree, { highBytes: [OURS], maxBytes: [FAR] });
    tree.set('memory.high', `${OURS}\n`);
    tree.set('memory.max', `${FAR}\n`);
    const writeKernel = (path: string, text: string): void => {
      if (path.endsWith('memory.high')) throw codeError('EACCES');
      tree.undoFiles.writeKernel(path, text);
    };
    expect(undoIn(tree, 'ours', { writeKernel }).failed).toEqual([`${tree.paths.managed}/memory.high: EACCES: no`]);
    expect(limitsOf(tree)).toEqual({ high: String(OURS), max: 'max' });
    expect(existsSync(tree.paths.intentFile)).toBe(true);
  });

  it('takes a cgroup that goes away meanwhile (ENODEV) for free', () => {
    noteIn(tree, { highBytes: [OURS] });
    tree.set('memory.high', `${OURS}\n`);
    const writeKernel = (): void => {
      throw codeError('ENODEV');
    };
    expect(undoIn(tree, 'ours', { writeKernel })).toEqual({ lifted: [], notes: [], failed: [] });
  });

  it.each([
    ['memory.high', 'nonsense\n'],
    ['memory.max', ''],
  ])('tells of a %s that reads %j', (file, text) => {
    tree.set(file, text);
    expect(undoIn(tree, 'start').failed).toEqual([expect.stringContaining(file)]);
  });

  it('tries again until it is done, and tells once of each thing that it has undone', async () => {
    noteIn(tree, { highBytes: [OURS], maxBytes: [FAR] });
    tree.set('memory.high', `${OURS}\n`);
    tree.set('memory.max', `${FAR}\n`);
    let failures = 2;
    const writeKernel = (path: string, text: string): void => {
      if (path.endsWith('memory.high') && failures-- > 0) throw codeError('EBUSY');
      tree.undoFiles.writeKernel(path, text);
    };
    const restored = await restore({ paths: tree.paths, files: { ...tree.undoFiles, writeKernel }, mode: 'ours' });
    expect(restored).toEqual({
      lifted: [
        `${tree.paths.managed}/memory.max: lifted, was ${FAR}`,
        `${tree.paths.managed}/memory.high: lifted, was ${OURS}`,
      ],
      notes: [],
      failed: [],
    });
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('gives up after a while, and says what is still in place', async () => {
    noteIn(tree, { highBytes: [OURS] });
    tree.set('memory.high', `${OURS}\n`);
    const writeKernel = (): void => {
      throw codeError('EACCES');
    };
    const restored = await restore({
      paths: tree.paths,
      files: { ...tree.undoFiles, writeKernel },
      mode: 'everything',
    });
    expect(restored.failed).toEqual([`${tree.paths.managed}/memory.high: EACCES: no`]);
  });
});
