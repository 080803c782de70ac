import { existsSync } from 'node:fs';
import { MIB } from '../../../../machines/shared/units';
import type { ProtectionTree } from '../../../support/protection-tree';
import { codeError, disposeTrees, newTree, noteIn, undoIn } from './support';

let tree: ProtectionTree;

beforeEach(() => {
  tree = newTree();
});

afterEach(disposeTrees);

describe('a throttle cgroup', () => {
  beforeEach(() => {
    tree.makeCgroup('throttle');
    tree.set('throttle/memory.high', `${16 * MIB}\n`);
    tree.set('throttle/cgroup.freeze', '1\n');
    tree.set('throttle/cgroup.procs', '102\n103\n');
    tree.set('cgroup.procs', '101\n');
  });

  it('is freed, emptied and removed; each process goes back to where it came from', () => {
    tree.makeCgroup('sub');
    noteIn(tree, { throttleCgroup: new Map([[102, `${tree.paths.managed}/sub`]]) });
    expect(undoIn(tree, 'ours')).toEqual({
      lifted: [
        `${tree.paths.throttleCgroup}/cgroup.freeze: thawed`,
        `${tree.paths.throttleCgroup}/memory.high: lifted`,
        `pid 102: moved back to ${tree.paths.managed}/sub`,
        `pid 103: moved back to ${tree.paths.managed}`,
        `${tree.paths.throttleCgroup}: removed`,
      ],
      notes: [],
      failed: [],
    });
    expect(tree.exists('throttle')).toBe(false);
    expect(tree.read('sub/cgroup.procs')).toBe('102');
    expect(tree.read('cgroup.procs')).toBe('101\n103');
  });

  it('whose processes came from a cgroup that is gone gives them to the managed one', () => {
    noteIn(tree, { throttleCgroup: new Map([[102, `${tree.paths.managed}/gone`]]) });
    expect(undoIn(tree, 'ours').failed).toEqual([]);
    expect(tree.read('cgroup.procs')).toBe('101\n102\n103');
  });

  it.each([
    ['ours', true],
    ['start', false],
    ['everything', false],
  ] as const)('without a note in mode %s: is there then: %s', (mode, isThere) => {
    expect(undoIn(tree, mode).failed).toEqual([]);
    expect(tree.exists('throttle')).toBe(isThere);
  });

  it('is removed when the managed cgroup is gone and its processes have ended', () => {
    tree.removeManaged();
    tree.set('throttle/cgroup.procs', '');
    expect(undoIn(tree, 'start').failed).toEqual([]);
    expect(tree.exists('throttle')).toBe(false);
  });

  it('stays, without a limit, when its processes have nowhere to go', () => {
    noteIn(tree, { throttleCgroup: new Map() });
    tree.removeManaged();
    const { failed } = undoIn(tree, 'everything');
    expect(failed).toEqual([
      expect.stringMatching(/^pid 102 stays in .*vm-monitor-throttle, without a limit: .*cgroup.procs: ENOENT/),
      expect.stringMatching(/^pid 103 stays in /),
      expect.stringMatching(/vm-monitor-throttle: EBUSY/),
    ]);
    expect(tree.read('throttle/memory.high')).toBe('max');
    expect(existsSync(tree.paths.intentFile)).toBe(true);
  });

  it('is told of no process that ended just then', () => {
    const writeKernel = (path: string, text: string): void => {
      if (text !== '102\n') {
        tree.undoFiles.writeKernel(path, text);
        return;
      }
      tree.set('throttle/cgroup.procs', '103\n');
      throw codeError('ESRCH');
    };
    const { lifted, failed } = undoIn(tree, 'start', { writeKernel });
    expect(failed).toEqual([]);
    expect(lifted).not.toContainEqual(expect.stringContaining('pid 102'));
    expect(tree.exists('throttle')).toBe(false);
  });

  it('does not take a process of another pid namespace, which reads 0, for the monitor itself', () => {
    tree.set('throttle/cgroup.procs', '0\n');
    const written: string[] = [];
    undoIn(tree, 'start', { writeKernel: (_path, text) => written.push(text) });
    expect(written).toEqual(['0\n', 'max\n']); // cgroup.freeze and memory.high of the throttle cgroup, no cgroup.procs
  });
});
