/**
 * Sizes under conditions that are rare and hard: much memory for a VM that is full, a kernel that commits to no more than
 * it has, an agent that is older than the monitor; and shrinks, one of them at the wrong time. Asserted on the
 * hypervisor and on the guest's kernel.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MIB } from '../../machines/shared/units';
import { stopCommands } from '../support/command';
import { removeTempDirs } from '../support/event-log';
import { bootGuest, stopGuests, type Guest } from './harness';
import { eventually } from './harness/eventually';
import { STORY_DEADLINE_MS } from './harness/limits';
import { keep } from './harness/keep';
import { availableMib, memTotalMib, oomKills, throttlesIn } from './in-guest/cgroups';
import { startGrower } from './in-guest/grower';
import { startGuestMonitor, type GuestMonitor } from './in-guest/monitor';
import { connectToGuestPostgres, startGuestPostgres } from './in-guest/postgres';
import { watchFiles, type Seen } from './in-guest/watch';
import { startHostAgent } from './outside/agent';
import { serveAsOldAgent } from './outside/old-agent';
import { plug, pluggedMib } from './outside/plugged';
import { expectReplays } from './outside/replays';

jest.setTimeout(STORY_DEADLINE_MS);

const BOOT_MIB = 512;
const UNIT_MIB = 512;
const LARGE_MIB = BOOT_MIB + 8 * 1024;
/** Memory alone moves: under emulation a vCPU that was plugged cannot be taken out again. */
const sizesFrom = (minMib: number): string =>
  `--independent --compute-unit 2,${UNIT_MIB}MiB --min-size 2,${minMib}MiB --max-size 2,${LARGE_MIB}MiB`;

let guest: Guest;
let monitor: GuestMonitor;
let agentLogs: string[];

/** A guest for each story: of much memory that was plugged a kernel does not always give the last block back. */
const boot = async (swapMib = 0): Promise<void> => {
  guest = await bootGuest({ memMib: BOOT_MIB, maxMemMib: LARGE_MIB, swapMib });
};

interface Ends {
  readonly guest: Guest;
  readonly monitor: GuestMonitor;
}

/** Large ones, whose monitors fill their windows while other stories are told: none wishes to shrink for a minute. */
let calm: Ends;
let idle: Ends;

beforeAll(async () => {
  await boot();
  await plug(guest, 2048);
  await startMonitor();
  calm = { guest, monitor };

  await boot();
  await plug(guest, 512);
  const load = await startGrower(guest, { fromMib: 400, toMib: 400, mibPerS: 1 });
  await load.reached(400);
  await load.kill();
  // The policy that sizes for the need of the moment: the default looks back first.
  await startMonitor(BOOT_MIB, '--policy goal-cu');
  idle = { guest, monitor };
});
beforeEach(() => {
  agentLogs = [];
});
afterAll(async () => {
  await stopGuests();
  removeTempDirs();
});

/** All that was decided is decided again from the logs. */
afterEach(async () => {
  await stopCommands();
  await monitor.stop();
  expect(await throttlesIn(guest)).toEqual([]);
  keep('dmesg', await guest.run('dmesg | tail -150'));
  expect(await oomKills(guest)).toBe(0);
  await expectReplays(guest, agentLogs);
  await guest.stop();
});

const startMonitor = async (minMib = BOOT_MIB, flags = ''): Promise<void> => {
  monitor = await startGuestMonitor(guest, `${sizesFrom(minMib)} ${flags}`);
};

const startAgent = async (minMib = BOOT_MIB): Promise<void> => {
  agentLogs.push((await startHostAgent(guest, { flags: sizesFrom(minMib).split(' ') })).logDir);
};

/** The least that was plugged from now on until it is asked for. */
const watchPlugged = (): (() => Promise<number>) => {
  let least = Infinity;
  let isOver = false;
  const watch = async (): Promise<void> => {
    while (!isOver) {
      least = Math.min(least, await pluggedMib(guest));
      await sleep(20);
    }
  };
  const watching = watch();
  return async () => {
    isOver = true;
    await watching;
    return least;
  };
};

it('where the kernel commits to no more than it has, memory comes before an allocation fails', async () => {
  const GROWING = `DO $$ DECLARE grown text[]; piece text := repeat('x', 2000000); BEGIN
    FOR i IN 1..250 LOOP grown := grown || piece; PERFORM pg_sleep(0.02); END LOOP; END $$`;
  await boot(256);
  await guest.run('echo 2 >/proc/sys/vm/overcommit_memory');
  await startGuestPostgres(guest);
  const session = await connectToGuestPostgres(guest);
  await startMonitor();
  await expect(session.query(GROWING)).rejects.toMatchObject({ code: '53200' });

  await startAgent();
  await session.query(GROWING);
  await session.end();
  expect(await pluggedMib(guest)).toBeGreaterThanOrEqual(UNIT_MIB);
});

it('an agent of v1.0 that knows no ScaleRequest grows the VM unit by unit', async () => {
  await boot();
  await startMonitor();
  const agent = await monitor.agent({ range: { min: 1, max: 1 } });
  const served = serveAsOldAgent(guest, agent, { bootMib: BOOT_MIB, unitMib: UNIT_MIB, cpu: 2 });
  served.catch(() => undefined); // It ends with the connection.
  const grower = await startGrower(guest, { fromMib: 20, toMib: 1200, mibPerS: 50 });
  await grower.reached(1200);
  expect(await pluggedMib(guest)).toBeGreaterThanOrEqual(1024);
  await agent.close();
});

it('a VM that is full to the brim takes 8 GiB more', async () => {
  /** About 40 MiB of what the kernel calls available are program text of the monitor, which nobody gets. */
  const LEFT_MIB = 100;
  await boot();
  await startMonitor(LARGE_MIB);
  const totalMib = await memTotalMib(guest);
  const full = (await availableMib(guest)) - LEFT_MIB;
  const filler = await startGrower(guest, { fromMib: full, toMib: full, mibPerS: 1 });
  await filler.reached(full);
  await startAgent(LARGE_MIB);
  await eventually(async () => (await pluggedMib(guest)) > 0, true);
  const ramp = await startGrower(guest, { fromMib: 1, toMib: 1000, mibPerS: 100 });
  await monitor.logged('granted', { granted: { cpu: 2, mem: (BOOT_MIB + 8 * 1024) * MIB } });
  expect(await pluggedMib(guest)).toBe(8 * 1024);
  await ramp.reached(1000);
  expect(Math.round((await memTotalMib(guest)) - totalMib)).toBe(8 * 1024);
});

it('a ramp that starts 300 ms after a shrink was agreed to turns it round', async () => {
  const RAMP = { fromMib: 1, toMib: 1100, mibPerS: 100 } as const;
  ({ guest, monitor } = calm);
  const ramp = await startGrower(guest, RAMP);
  await ramp.signal('SIGSTOP');
  await startAgent();
  await monitor.logged('downscale approved');
  const least = watchPlugged();
  await sleep(300);
  await ramp.signal('SIGCONT');
  await ramp.reached(RAMP.toMib);
  expect(await least()).toBeGreaterThan(0);
  expect(await pluggedMib(guest)).toBeGreaterThanOrEqual(1024);
});

describe('a VM whose load is over', () => {
  /** What R5 keeps free of use in a smaller size, but for what comes and goes. */
  const FREE_MIB = 80;
  const availableIn = ({ text }: Seen): number => Number(/^MemAvailable: +(\d+) kB$/m.exec(text ?? '')?.[1]) / 1024;

  /** It changes always, and each line costs the guest, which shrinks meanwhile. */
  const MEMINFO_MS = 200;
  const STEP_BYTES = 256 * MIB;
  const LOOK_MS = 20;

  /** What is being taken out at this moment, and what is left with it. */
  const look = async (): Promise<{ readonly leavingBytes: number; readonly pluggedBytes: number }> => {
    const requestedBytes = await guest.qmp.requestedBytes();
    const pluggedBytes = await guest.qmp.pluggedBytes();
    return { leavingBytes: pluggedBytes - requestedBytes, pluggedBytes };
  };

  it('becomes small step by step, and always holds what is in use', async () => {
    ({ guest, monitor } = idle);
    const watch = await watchFiles(guest, { memory: '/proc/meminfo' }, MEMINFO_MS);
    await startAgent();
    const looks = [await look()];
    while (looks.at(-1)!.pluggedBytes > 0) {
      await sleep(LOOK_MS);
      looks.push(await look());
    }
    await watch.stop();
    expect(Math.max(...looks.map(({ leavingBytes }) => leavingBytes))).toBe(STEP_BYTES);
    expect(Math.min(...watch.history('memory').map(availableIn))).toBeGreaterThan(FREE_MIB);
  });
});
