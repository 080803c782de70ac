/**
 * The probe on a fake tree (ordinary files: what differs is that all may be written, since specs may run
 * as root) and on the machine that runs the specs.
 */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Facts } from '../../../../adapters/tools/doctor/probe';
import { examine, type ProbedPlaces, probe } from '../../../../adapters/tools/doctor';
import { MIB } from '../../../../machines/shared/units';
import { rightOf } from '../../../support/either';
import { tempDir } from '../../../support/event-log';
import { createKernelTree, type KernelTree } from '../../../support/fake-kernel-tree';

const write = (root: string, files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
};

describe('the probe on a fake tree', () => {
  let tree: KernelTree;
  let sysRoot: string;
  let bin: string;

  beforeEach(() => {
    tree = createKernelTree('neon/postgres');
    sysRoot = tempDir();
    bin = tempDir();
  });
  afterEach(() => {
    tree.dispose();
  });

  const places = (change: Partial<ProbedPlaces> = {}): ProbedPlaces => ({
    procRoot: tree.procRoot,
    cgroupRoot: tree.cgroupRoot,
    cgroup: tree.cgroup,
    sysRoot,
    runtimeDir: join(sysRoot, 'run'),
    eventLogDir: null,
    agentTokenFile: null,
    pgconnstr: null,
    commandLine: [],
    environment: { PATH: `relative:/does/not/exist:${bin}` },
    ...change,
  });

  it('reads who else may read the token, write the log directory and see the password', async () => {
    const eventLogDir = tempDir();
    const agentTokenFile = join(eventLogDir, 'token');
    writeFileSync(agentTokenFile, 'x');
    chmodSync(agentTokenFile, 0o640);
    chmodSync(eventLogDir, 0o777);
    const pgconnstr = 'host=h password=hunter2';
    const commandLine = ['node', 'cli.js', `--pgconnstr=${pgconnstr}`];
    const facts = await probe(places({ eventLogDir, agentTokenFile, pgconnstr, commandLine }));
    expect(facts.stateDirectory?.foreign).toBe(`${eventLogDir} may be written by everybody`);
    expect(E.isRight(facts.tokenFile!.mode) && facts.tokenFile!.mode.right & 0o777).toBe(0o640);
    expect(facts.passwordInArguments).toBe(true);
    chmodSync(eventLogDir, 0o1777);
    const elsewhere = await probe(places({ eventLogDir, pgconnstr, commandLine: ['node', 'cli.js'] }));
    expect(elsewhere.stateDirectory?.foreign).toBeNull();
    expect(elsewhere.passwordInArguments).toBe(false);
  });

  it('reads the cgroup, its parent and whose Postgres it is', async () => {
    write(tree.cgroupRoot, {
      'neon/cgroup.subtree_control': 'cpu memory\n',
      'neon/cgroup.procs': '',
      'neon/postgres/cgroup.procs': '41\n42\n',
      'neon/postgres/cgroup.subtree_control': '\n',
      'neon/postgres/memory.max': 'max\n',
    });
    write(tree.procRoot, { '41/status': 'Name:\tpostgres\nUid:\t110\t110\t110\t110\n' });
    const { cgroup } = await probe(places());
    expect(cgroup).toMatchObject({
      name: 'neon/postgres',
      path: join(tree.cgroupRoot, 'neon/postgres'),
      directory: 'writable',
      files: { 'memory.high': 'writable', 'memory.max': 'writable', 'memory.events.local': 'writable' },
      processes: 'writable',
      handsOn: E.right([]),
      userId: E.right(110),
      parent: { path: join(tree.cgroupRoot, 'neon'), directory: 'writable', handsOn: E.right(['cpu', 'memory']) },
    });
  });

  it.each([
    ['mnt:[4026531841]', true],
    ['mnt:[4026532777]', false],
  ])('compares the mount namespace of Postgres with ours: %s', async (namespace, isShared) => {
    write(tree.cgroupRoot, { 'neon/postgres/cgroup.procs': '41\n' });
    for (const [pid, name] of [
      ['41', namespace],
      ['self', 'mnt:[4026531841]'],
    ] as const) {
      mkdirSync(join(tree.procRoot, pid, 'ns'), { recursive: true });
      symlinkSync(name, join(tree.procRoot, pid, 'ns/mnt'));
    }
    expect((await probe(places())).cgroup?.sharesMounts).toEqual(E.right(isShared));
  });

  it('grants itself no more memory than every cgroup above it', async () => {
    tree.set('proc/self/cgroup', '4:memory:/x\n0::/a.slice/b.service\n');
    write(tree.cgroupRoot, { 'a.slice/memory.min': '1048576\n', 'a.slice/b.service/memory.min': 'max\n' });
    const { own } = await probe(places());
    expect(own).toMatchObject({ cgroup: E.right('/a.slice/b.service'), memoryMinBytes: E.right(MIB) });
  });

  it('sees no memory.min in the root cgroup', async () => {
    tree.set('proc/self/cgroup', '0::/\n');
    const { own } = await probe(places());
    expect(own.memoryMinBytes).toEqual(E.left('it runs in the root cgroup, which has no memory.min'));
  });

  it('sees no memory.min outside of the mount', async () => {
    tree.set('proc/self/cgroup', '0::/../other\n');
    const { own } = await probe(places());
    const why = `${tree.procRoot}/self/cgroup: /../other lies outside the mount that we see`;
    expect(own).toMatchObject({ cgroup: E.left(why), memoryMinBytes: E.left(why) });
  });

  it('reads what the kernel says of memory, CPUs and itself', async () => {
    tree.set('proc/sys/kernel/osrelease', '6.1.0\n');
    tree.set('proc/meminfo', 'SwapTotal:     1024 kB\nCommitLimit:   2048 kB\nCommitted_AS:  1024 kB\n');
    tree.set('proc/sys/vm/overcommit_memory', '2\n');
    write(sysRoot, {
      'devices/system/cpu/present': '0-3\n',
      'devices/system/cpu/online': '0,2\n',
      'devices/system/memory/auto_online_blocks': 'online\n',
      'module/memory_hotplug/parameters/online_policy': 'auto-movable\n',
    });
    expect(await probe(places())).toMatchObject({
      kernelRelease: E.right('6.1.0'),
      swapBytes: E.right(MIB),
      overcommit: { mode: E.right(2), limitBytes: E.right(2 * MIB), committedBytes: E.right(MIB) },
      offlineCpus: E.right([1, 3]),
      memoryHotplug: { autoOnline: E.right('online'), policy: E.right('auto-movable') },
      stealMs: E.right(1630),
    });
  });

  it('finds programs in PATH, and only those that may be executed', async () => {
    writeFileSync(join(bin, 'mount'), '', { mode: 0o755 });
    writeFileSync(join(bin, 'systemd-notify'), '', { mode: 0o644 });
    const { programs } = await probe(places());
    expect(programs).toEqual({ sh: '/bin/sh', mount: join(bin, 'mount'), systemdNotify: null });
  });

  it.each([
    ['is safe for us alone', 0o700, 'Right'],
    ['is not safe where others may write', 0o777, 'Left'],
  ])('finds that the runtime directory %s', async (_what, mode, tag) => {
    mkdirSync(join(sysRoot, 'run'));
    chmodSync(join(sysRoot, 'run'), mode);
    const { runtimeDirectory } = await probe(places());
    expect(runtimeDirectory).toMatchObject({ holdsFiles: true, safe: { _tag: tag } });
  });

  it('finds that a runtime directory that is not there yet is safe', async () => {
    const { runtimeDirectory } = await probe(places());
    expect(runtimeDirectory).toMatchObject({ holdsFiles: true, safe: E.right(undefined) });
  });

  it('takes NOTIFY_SOCKET as the wish to be told', async () => {
    expect((await probe(places())).own.notifies).toBe(false);
    const environment = { NOTIFY_SOCKET: '/run/systemd/notify' };
    expect((await probe(places({ environment }))).own.notifies).toBe(true);
  });

  it('refuses a file that has no end', async () => {
    tree.set('proc/self/mountinfo', 'x'.repeat(MIB + 1));
    const { mounts } = await probe(places());
    expect(mounts).toEqual(E.left(`${tree.procRoot}/self/mountinfo: longer than ${MIB} bytes`));
  });

  it('makes a fact of everything that is not there', async () => {
    const nowhere = join(sysRoot, 'nowhere');
    const facts = await probe(
      places({ procRoot: nowhere, cgroupRoot: nowhere, sysRoot: nowhere, cgroup: 'x', environment: {} }),
    );
    expect(facts.cgroup).toMatchObject({
      directory: 'absent',
      processes: 'absent',
      files: { 'memory.high': 'absent' },
    });
    expect(facts.inotify.watch).toEqual(E.left(`${nowhere}: ENOENT: no such file or directory`));
    const unread: readonly (keyof Facts)[] = [
      'kernelRelease',
      'pressure',
      'schedstat',
      'stealMs',
      'swapBytes',
      'offlineCpus',
      'mounts',
    ];
    for (const key of unread) expect(facts[key]).toMatchObject({ left: expect.stringContaining('ENOENT') as string });
    expect(examine(facts).filter(({ verdict: level }) => level === 'missing').length).toBeGreaterThan(0);
  });
});

describe('the probe on this machine', () => {
  const here: ProbedPlaces = {
    procRoot: '/proc',
    sysRoot: '/sys',
    cgroupRoot: '/sys/fs/cgroup',
    cgroup: null,
    runtimeDir: join(tmpdir(), 'vm-monitor-doctor'),
    eventLogDir: tmpdir(),
    agentTokenFile: null,
    pgconnstr: null,
    commandLine: [],
    environment: process.env,
  };

  it('reads what every Linux has', async () => {
    const facts = await probe(here);
    expect(facts.kernelRelease).toEqual(E.right(release()));
    expect(rightOf(facts.own.rights).userId).toBe(process.getuid?.());
    expect(rightOf(facts.mounts).map(({ mountPoint }) => mountPoint)).toContain('/');
    expect(rightOf(facts.own.oomScoreAdj)).toBeGreaterThanOrEqual(-1000);
    expect(rightOf(facts.overcommit.mode)).toBeLessThanOrEqual(2);
    expect(facts.inotify.watch).toEqual(E.right(true));
    expect(facts.programs).toMatchObject({ sh: '/bin/sh', mount: expect.stringMatching(/\/mount$/) as string });
    expect(facts.runtimeDirectory.holdsFiles).toBe(true);
  });

  it('comes to a finding on every check', async () => {
    const findings = examine(await probe(here));
    expect(findings.length).toBeGreaterThan(15);
    for (const { verdict: level, found, fix } of findings) {
      expect(found).not.toBe('');
      expect(fix === null).toBe(level === 'ok');
    }
  });
});
