/** The guest itself, which all other VM specs stand on, and the monitor that comes up in it. */
import { MIB } from '../../machines/shared/units';
import { bootGuest, stopGuests, type Guest } from './harness';
import { eventually } from './harness/eventually';
import { STORY_DEADLINE_MS } from './harness/limits';
import { cgroupFile, fullStallMs, killAll, memTotalMib, pidsIn, POSTGRES } from './in-guest/cgroups';
import { startGrower } from './in-guest/grower';
import { monitorCommand, startGuestMonitor } from './in-guest/monitor';
import { psql, startGuestPostgres } from './in-guest/postgres';
import { plug } from './outside/plugged';

jest.setTimeout(STORY_DEADLINE_MS);

let guest: Guest;

beforeAll(async () => {
  guest = await bootGuest({ memMib: 512, maxMemMib: 1536, cpus: 1, maxCpus: 2, swapMib: 64 });
});
afterAll(stopGuests);

describe('a guest', () => {
  it('runs scripts and tells how they ended', async () => {
    expect(await guest.outcome('echo out; echo err >&2; exit 3')).toEqual({
      status: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await guest.outcome('kill -TERM $$')).toMatchObject({ status: 128 + 15 });
    await expect(guest.run('false')).rejects.toThrow('in the guest, status 1: false');
    await expect(guest.run('sleep 60', 100)).rejects.toThrow('waited 100 ms');
  });

  it('takes and gives files of any size', async () => {
    const content = 'ü'.repeat(3 * MIB);
    await guest.write("/tmp/it's", content);
    expect(await guest.read("/tmp/it's")).toBe(content);
  });

  it('kills what a script has started', async () => {
    const script = await guest.start('sleep 1000 & echo $!; wait');
    const child = await script.line();
    await script.kill();
    expect(await guest.outcome(`kill -0 ${child}`)).toMatchObject({ status: 1 });
  });

  it('has what the monitor needs: cgroup v2 with its controllers, PSI, swap where it was asked for', async () => {
    expect(await guest.run('cat /sys/fs/cgroup/cgroup.subtree_control')).toBe('cpu io memory pids');
    expect(await fullStallMs(guest, POSTGRES)).toBe(0);
    expect(await guest.run("awk 'NR == 2 { print $1 }' /proc/swaps")).toBe('/dev/vdb');
  });

  it('gets memory and vCPUs plugged, as the hypervisor and its own kernel say', async () => {
    const before = await memTotalMib(guest);
    await plug(guest, 512);
    await eventually(async () => Math.round((await memTotalMib(guest)) - before), 512);
    await plug(guest, 0);

    expect(await guest.qmp.vcpus()).toBe(1);
    await guest.qmp.plugVcpu();
    expect(await guest.qmp.vcpus()).toBe(2);
    await eventually(() => guest.run('cat /sys/devices/system/cpu/present'), '0-1');
    await guest.run('echo 1 >/sys/devices/system/cpu/cpu1/online');
    expect(await guest.run('nproc')).toBe('2');
    await expect(guest.qmp.plugVcpu()).rejects.toThrow('all 2 vCPUs are plugged');
  });

  it('has a process that grows as it is told, in the cgroup that it is told', async () => {
    const grower = await startGrower(guest, { kind: 'shm', fromMib: 8, toMib: 16, mibPerS: 16 });
    await grower.reached(16);
    const steps = await grower.steps();
    expect(steps.map(({ mib }) => mib)).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect(steps.at(-1)!.atMs - steps[0]!.atMs).toBeGreaterThanOrEqual(450);
    expect(await pidsIn(guest, POSTGRES)).toEqual([grower.pid]);
    const shmem = await guest.run(`awk '$1 == "shmem" { print $2 }' ${cgroupFile(POSTGRES, 'memory.stat')}`);
    expect(Number(shmem)).toBeGreaterThanOrEqual(16 * MIB);
    await grower.kill();
  });

  it('has a Postgres in its cgroup', async () => {
    const server = await startGuestPostgres(guest);
    expect(await guest.run(psql('SHOW neon.file_cache_size_limit'))).toBe('128MB');
    expect(await pidsIn(guest, POSTGRES)).toContain(server.pid);
    await killAll(guest, POSTGRES);
    await server.ended;
  });
});

describe('the monitor in a guest', () => {
  it('finds by doctor all that full protection needs', async () => {
    const { status, stdout } = await guest.outcome(
      await monitorCommand(guest, 'doctor --cgroup neon-postgres --protect full'),
    );
    expect(stdout).toMatch(/ 0 missing, of which 0 needed for what is requested\n$/);
    expect(status).toBe(0);
  });

  it('starts without a warning, keeps its own memory, and ends in order', async () => {
    const monitor = await startGuestMonitor(guest, '--protect tripwire');
    const warnings = monitor.log().filter(({ level }) => level === 'warn' || level === 'error');
    // Emulation steals no time, so it cannot be seen whether it would be counted.
    expect(warnings.filter((line) => line['check'] !== 'stolen CPU time')).toEqual([]);
    expect(await guest.run('cat /sys/fs/cgroup/vm-monitor/memory.min')).toBe(String(64 * MIB));
    expect(await monitor.stop()).toBe(0);
  });
});
