/** The watchdog process undoes all that its monitor has in place, when that is killed or hangs. Real processes and a real tmpfs; fake cgroups. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { eventually } from '../../../support/eventually';
import { frameQueue } from '../../../support/frame-queue';
import { limitsOf, type ProtectionTree } from '../../../support/protection-tree';
import { mountLine, mountTmpfs, unmountAll } from '../../../support/tmpfs';
import { disposeTrees, newTree } from './support';

const directory = mkdtempSync(join(tmpdir(), 'vm-monitor-guard-'));
const bundle = join(directory, 'monitor.js');

beforeAll(() => {
  const entryPoints = [join(__dirname, 'monitor-with-all.ts')];
  buildSync({ entryPoints, bundle: true, platform: 'node', outfile: bundle, logLevel: 'warning' });
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

interface Monitor {
  readonly child: ChildProcess;
  /** The next line that it says. */
  readonly line: () => Promise<string>;
  readonly guardPid: number;
}

let tree: ProtectionTree;
let shm: string;
let monitor: Monitor;

const start = async (): Promise<Monitor> => {
  const child = spawn(process.execPath, [bundle, tree.base, shm, '8192k'], {
    env: { PATH: `${tree.commands}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = frameQueue();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter(Boolean)) lines.push(line);
  });
  child.on('exit', () => {
    lines.end(new Error('the monitor has ended'));
  });
  const guardPid = Number((await lines.next()).split(' ')[1]);
  return { child, line: () => lines.next(), guardPid };
};

beforeEach(async () => {
  tree = newTree();
  tree.makeCgroup('sub');
  shm = mountTmpfs('size=8m');
  monitor = await start();
  expect(await monitor.line()).toBe('in place');
});

afterEach(async () => {
  monitor.child.kill('SIGKILL');
  await eventually(guardLives, false);
  unmountAll();
  await disposeTrees();
});

const guardLives = (): boolean => {
  try {
    return process.kill(monitor.guardPid, 0);
  } catch {
    return false;
  }
};

const IN_PLACE = { high: '4096', max: '8192', throttleCgroup: true, size: 'size=1024k' };
const UNDONE = { high: 'max', max: 'max', throttleCgroup: false, size: 'size=8192k' };

const state = (): unknown => ({
  ...limitsOf(tree),
  throttleCgroup: tree.exists('throttle'),
  size: /size=\d+k/.exec(mountLine(shm))?.[0],
});

/** 103 came from nowhere that is noted, so it goes to the managed cgroup. */
const expectProcessesBack = (): void => {
  expect(tree.read('cgroup.procs').split('\n').sort()).toEqual(['101', '103']);
  expect(tree.read('sub/cgroup.procs')).toBe('102');
};

describe('the watchdog process of a monitor that has all in place', () => {
  beforeEach(() => {
    expect(state()).toEqual(IN_PLACE);
  });

  it('undoes all when the monitor is killed, and ends', async () => {
    monitor.child.kill('SIGKILL');
    await eventually(state, UNDONE);
    expectProcessesBack();
    await eventually(guardLives, false);
  });

  it('undoes all when the monitor hangs, and guards on when it comes back', async () => {
    monitor.child.kill('SIGSTOP');
    await eventually(state, UNDONE);
    expectProcessesBack();

    monitor.child.kill('SIGCONT');
    expect(await monitor.line()).toBe('lifted');
    expect(await monitor.line()).toBe('in place');
    expect(state()).toEqual(IN_PLACE);

    monitor.child.kill('SIGSTOP');
    await eventually(state, UNDONE);
  });

  it('lifts again what is written while the heart stands still', async () => {
    monitor.child.kill('SIGSTOP');
    await eventually(state, UNDONE);
    tree.set('memory.high', '4096\n');
    await eventually(state, UNDONE);
  });

  it('leaves a limit of somebody else', async () => {
    tree.set('memory.max', '12288\n');
    monitor.child.kill('SIGSTOP');
    await eventually(state, { ...UNDONE, max: '12288' });
  });

  it('lifts everything when the note is torn, but for a size that it does not know', async () => {
    await tree.files.replaceFile(tree.paths.intentFile, 'vm-monitor limits 2\nmemory.');
    monitor.child.kill('SIGKILL');
    await eventually(state, { ...UNDONE, size: IN_PLACE.size });
  });

  it('leaves in place what another monitor has noted since', async () => {
    await tree.files.replaceFile(
      tree.paths.intentFile,
      (await tree.files.readText(tree.paths.intentFile)).replace(/session .*/, 'session another'),
    );
    monitor.child.kill('SIGKILL');
    await eventually(guardLives, false);
    expect(state()).toEqual(IN_PLACE);
  });
});
