import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thawCommand } from '../../../adapters/cli/thaw.command';
import { intentText, NOTHING } from '../../../adapters/monitor/protection/intent';
import { GIB } from '../../../machines/shared/units';
import { captured } from '../../support/captured-terminal';
import { createProtectionTree, limitsOf, type ProtectionTree } from '../../support/protection-tree';
import { surroundings } from '../../support/environment';

let tree: ProtectionTree;

beforeEach(() => {
  tree = createProtectionTree();
});

afterEach(() => {
  tree.dispose();
});

const call = (...args: string[]) => {
  const environment = { RUNTIME_DIRECTORY: tree.runtimeDirectory };
  return captured((terminal) => thawCommand(args, surroundings({ environment }), terminal));
};

const thaw = () => call('--cgroup', tree.cgroup, '--cgroup-root', tree.cgroupRoot);

describe('vm-monitor thaw', () => {
  it('lifts whatever is there, ours or not, and says what', async () => {
    writeFileSync(tree.paths.intentFile, intentText('a-run-before', { ...NOTHING, highBytes: [2 * GIB] }));
    tree.set('memory.high', `${2 * GIB}\n`);
    tree.set('memory.max', `${8 * GIB}\n`);
    tree.set('cgroup.freeze', '1\n');
    const { managed, intentFile } = tree.paths;
    expect(await thaw()).toEqual({
      status: 0,
      out:
        `${managed}/cgroup.freeze: thawed\n` +
        `${managed}/memory.high: lifted, was ${2 * GIB}\n` +
        `${managed}/memory.max: lifted, was ${8 * GIB}\n`,
      err: '',
    });
    expect(limitsOf(tree)).toEqual({ high: 'max', max: 'max' });
    expect(tree.read('cgroup.freeze')).toBe('0');
    expect(existsSync(intentFile)).toBe(false);
  });

  it('has nothing to say where nothing is in place', async () => {
    expect(await thaw()).toEqual({ status: 0, out: '', err: '' });
  });

  it('is content when the cgroup is gone', async () => {
    tree.removeManaged();
    expect(await thaw()).toEqual({ status: 0, out: '', err: '' });
  });

  it('fails with the reason when something cannot be undone', async () => {
    // A directory in the place of the file, as root may write any file.
    mkdirSync(join(tree.paths.throttleCgroup, 'memory.high'), { recursive: true });
    const { status, out, err } = await thaw();
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toContain(`vm-monitor thaw: ${tree.paths.throttleCgroup}/memory.high: EISDIR`);
  });

  it('looks in every runtime directory that a monitor may have used', async () => {
    const args = ['--cgroup', tree.cgroup, '--cgroup-root', tree.cgroupRoot];
    let out = '';
    const terminal = { out: (text: string): void => void (out += text), err: (): void => undefined };
    const environment = { XDG_RUNTIME_DIR: join(tree.base, 'user') };
    mkdirSync(join(tree.base, 'user/vm-monitor'), { recursive: true });
    const note = tree.paths.intentFile.replace(tree.runtimeDirectory, join(tree.base, 'user/vm-monitor'));
    writeFileSync(note, 'torn');
    expect(await thawCommand(args, surroundings({ environment }), terminal)).toBe(0);
    expect(out).toContain(`${note}: the first line is not`);
    expect(existsSync(note)).toBe(false);
  });

  it.each([
    [[], '--cgroup NAME is missing'],
    [['--cgroup', '../x'], '--cgroup "../x": expected a path below the cgroup mount'],
    [['--cgroup', 'x', '--cgroup-root', ''], '--cgroup-root "": expected a path'],
    [['--cgroup', 'x', '--addr', ':1'], '--addr: unknown, allowed are --cgroup, --cgroup-root'],
    [['--nonsense'], '--nonsense: unknown'],
    [['x'], 'argument "x": unknown'],
  ])('refuses %j with one line and status 2', async (args, reason) => {
    const { status, out, err } = await call(...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err.startsWith(`vm-monitor thaw: ${reason}`)).toBe(true);
    expect(err.match(/\n/g)).toHaveLength(1);
  });
});
