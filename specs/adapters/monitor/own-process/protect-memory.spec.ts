/** A fake tree, ordinary files: a cgroup with a memory controller cannot be had on every machine. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { protectOwnMemory } from '../../../../adapters/monitor/own-process';
import type { OwnFiles } from '../../../../adapters/monitor/own-process/own-files';
import { actuatorFiles } from '../../../../adapters/monitor/protection/files';
import { removeTempDirs, tempDir } from '../../../support/event-log';

const PID = 100;
const OWN = '/vm-monitor.service';
const FIX = 'run the monitor as a service of its own, with MemoryMin=64M and Slice=-.slice';
const KEPT = `kept from reclaim (memory.min 64 MiB of ${OWN})`;
const SPARED = 'among the last for the OOM killer (oom_score_adj -900)';

let root: string;
const put = (file: string, text: string): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The monitor lives in `own`, with these other processes; each has a parent. */
const monitorIn = (own: string, others: Readonly<Record<number, number>> = {}): void => {
  put('proc/self/cgroup', `0::${own}\n`);
  put('proc/self/oom_score_adj', '0\n');
  put(`cgroup${own}/memory.min`, '0\n');
  put(`cgroup${own}/cgroup.stat`, 'nr_descendants 0\nnr_dying_descendants 3\n');
  put(`cgroup${own}/cgroup.procs`, [PID, ...Object.keys(others)].map((pid) => `${pid}\n`).join(''));
  for (const [pid, parent] of Object.entries({ ...others, [PID]: 1 }))
    put(`proc/${pid}/status`, `Name:\tx\nPid:\t${pid}\nPPid:\t${parent}\n`);
};

const protect = (
  managed: string | null = 'neon-postgres',
  files: OwnFiles = actuatorFiles,
): Promise<readonly string[]> =>
  protectOwnMemory({
    files,
    procRoot: join(root, 'proc'),
    cgroupRoot: join(root, 'cgroup'),
    managed,
    pid: PID,
  });

/** The kernel refuses every write. */
const unprivileged: OwnFiles = {
  ...actuatorFiles,
  writeKernel: (path) =>
    Promise.reject(Object.assign(new Error(`EACCES: permission denied, open '${path}'`), { code: 'EACCES' })),
};

beforeEach(() => {
  root = tempDir();
  monitorIn(OWN);
});
afterEach(removeTempDirs);

describe('where it may, the monitor', () => {
  it('keeps its memory from reclaim and is spared by the OOM killer', async () => {
    expect(await protect()).toEqual([KEPT, SPARED]);
    expect(textOf(`cgroup${OWN}/memory.min`).startsWith(String(64 * 1024 * 1024))).toBe(true);
    expect(textOf('proc/self/oom_score_adj').startsWith('-900')).toBe(true);
  });

  it('does so without a managed cgroup, too', async () => {
    expect(await protect(null)).toEqual([KEPT, SPARED]);
  });

  it('counts its children and their children as its own', async () => {
    monitorIn(OWN, { 101: PID, 102: 101, 103: 102 });
    expect((await protect())[0]).toBe(KEPT);
  });

  it('finds what its last run left when that was killed, and leaves it', async () => {
    await protect();
    // The watchdog process of the last run may still live; it is nobody's child any more.
    monitorIn(OWN, { 90: 1 });
    put(`cgroup${OWN}/memory.min`, '67108864\n');
    expect((await protect('neon-postgres', unprivileged))[0]).toBe(KEPT);
  });

  it.each([
    ['134217728', '128 MiB'],
    ['16777216', '16 MiB'],
    ['max', 'max'],
  ])("leaves the service manager's memory.min %s", async (text, said) => {
    put(`cgroup${OWN}/memory.min`, `${text}\n`);
    expect((await protect())[0]).toBe(`kept from reclaim (memory.min ${said} of ${OWN})`);
    expect(textOf(`cgroup${OWN}/memory.min`)).toBe(`${text}\n`);
  });

  it.each(['-900', '-1000'])("leaves the service manager's oom_score_adj %s", async (text) => {
    put('proc/self/oom_score_adj', `${text}\n`);
    expect((await protect('neon-postgres', unprivileged))[1]).toBe(SPARED.replace('-900', text));
  });
});

it('memory.min that a cgroup above does not grant is told as what it is', async () => {
  const own = '/system.slice/vm-monitor.service';
  monitorIn(own);
  put('cgroup/system.slice/memory.min', '0\n');
  const weak = `not kept from reclaim: memory.min 64 MiB of ${own} binds only as far as that of /system.slice`;
  expect((await protect())[0]).toBe(`${weak}; ${FIX}`);
  put(`cgroup${own}/memory.min`, '67108864\n');
  put('cgroup/system.slice/memory.min', '67108864\n');
  expect((await protect())[0]).toBe(`kept from reclaim (memory.min 64 MiB of ${own})`);
});

describe('memory.min is not touched', () => {
  const refused = async (why: string): Promise<void> => {
    const [line] = await protect();
    expect(line).toBe(`not kept from reclaim: ${why}; ${FIX}`);
  };
  const untouched = (own: string): void => {
    expect(textOf(`cgroup${own}/memory.min`)).toBe('0\n');
  };

  it('of the root', async () => {
    monitorIn('/');
    await refused('the monitor runs in the root cgroup');
    untouched('/');
  });

  it.each(['/neon-postgres', '/neon-postgres/monitor'])('of %s in the managed cgroup', async (own) => {
    monitorIn(own);
    await refused('the monitor runs in the managed cgroup neon-postgres');
    untouched(own);
  });

  it('of a cgroup that the managed one lies in', async () => {
    monitorIn('/vm');
    const [line] = await protect('vm/neon-postgres');
    expect(line).toContain('the managed cgroup vm/neon-postgres lies in ours');
    untouched('/vm');
  });

  it('of a cgroup that others live in', async () => {
    monitorIn(OWN, { 101: PID, 200: 1 });
    await refused(`${OWN} is not ours alone: process 200 lives in it, too`);
    untouched(OWN);
  });

  it('of a cgroup with a process that is hidden from us', async () => {
    monitorIn(OWN, { 200: 1 });
    rmSync(join(root, 'proc/200'), { recursive: true });
    await refused(`${OWN} is not ours alone: process 200 lives in it, too`);
  });

  it('of a cgroup with a process of another pid namespace, which shows as 0', async () => {
    put(`cgroup${OWN}/cgroup.procs`, `${PID}\n0\n`);
    put('proc/0/status', 'PPid:\t0\n');
    await refused(`${OWN} is not ours alone: process 0 lives in it, too`);
  });

  it('of a cgroup with many processes, which are not looked at one by one', async () => {
    monitorIn(OWN, Object.fromEntries(Array.from({ length: 16 }, (_, i) => [200 + i, PID])));
    await refused(`${OWN} is not ours alone: 17 processes live in it`);
    untouched(OWN);
  });

  it('of a cgroup with others below it', async () => {
    put(`cgroup${OWN}/cgroup.stat`, 'nr_descendants 1\n');
    await refused(`${OWN} is not ours alone: it has cgroups below it`);
    untouched(OWN);
  });
});

describe('what cannot be done is said with the file and the fix, and the rest is done', () => {
  const lineOf = (why: string): string => `not kept from reclaim: ${why}; ${FIX}`;

  it('without permission', async () => {
    expect(await protect('neon-postgres', unprivileged)).toEqual([
      lineOf(`${root}/cgroup${OWN}/memory.min: EACCES: permission denied`),
      `not spared by the OOM killer: ${root}/proc/self/oom_score_adj: EACCES: permission denied; ` +
        'set OOMScoreAdjust=-900 in its service (it needs CAP_SYS_RESOURCE)',
    ]);
  });

  it.each(['memory.min', 'cgroup.procs', 'cgroup.stat'])('without %s', async (file) => {
    rmSync(join(root, `cgroup${OWN}`, file));
    const path = join(root, `cgroup${OWN}`, file);
    expect(await protect()).toEqual([lineOf(`${path}: ENOENT: no such file or directory`), SPARED]);
  });

  it('without cgroup v2', async () => {
    put('proc/self/cgroup', '4:memory:/x\n');
    expect(await protect()).toEqual([
      lineOf(`${root}/proc/self/cgroup: no line "0::/path", so no cgroup v2 here`),
      SPARED,
    ]);
  });

  it('with a malformed memory.min or oom_score_adj', async () => {
    put(`cgroup${OWN}/memory.min`, 'lots\n');
    put('proc/self/oom_score_adj', '\n');
    const [memory, oom] = await protect();
    expect(memory).toBe(lineOf(`${root}/cgroup${OWN}/memory.min: expected a number, found "lots"`));
    expect(oom).toContain('oom_score_adj: expected a number, found ""; set OOMScoreAdjust=-900');
  });
});
