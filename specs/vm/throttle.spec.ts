/**
 * A statement of a real Postgres outruns the grant by seconds: what holding it back is worth, and that nobody is held for
 * ever. Asserted on the guest's kernel, the hypervisor and pgbench.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MIB } from '../../machines/shared/units';
import { removeTempDirs } from '../support/event-log';
import { bootGuest, stopGuests, type Guest } from './harness';
import { STORY_DEADLINE_MS } from './harness/limits';
import { keep } from './harness/keep';
import {
  availableMib,
  THROTTLE_CGROUP,
  cgroupFile,
  oomKills,
  POSTGRES,
  someStallMs,
  throttlesIn,
} from './in-guest/cgroups';
import { startGrower, type Grower } from './in-guest/grower';
import { startGrowingBackend, type GrowingBackend } from './in-guest/growing-backend';
import { startGuestMonitor, type GuestMonitor } from './in-guest/monitor';
import { makeBenchTables, startBench, type Bench } from './in-guest/pgbench';
import { startGuestPostgres } from './in-guest/postgres';
import { watchFiles, type Watch } from './in-guest/watch';
import { startSlowAgent, type SlowAgent } from './outside/slow-agent';
import { plug } from './outside/plugged';
import { expectReplays, GUEST_LOG } from './outside/replays';

jest.setTimeout(STORY_DEADLINE_MS);

const BOOT_MIB = 384;
/**
 * No more than the stories need: the memmap of what is plugged, 16 MiB a GiB, comes from what is left when it comes,
 * and the kernel has nothing but that for its own use after.
 */
const LARGEST_MIB = 896;
const SIZES = `--independent --compute-unit 2,128MiB --min-size 2,${BOOT_MIB}MiB --max-size 2,${LARGEST_MIB}MiB`;

const FILES = {
  high: cgroupFile(POSTGRES, 'memory.high'),
  held: cgroupFile(THROTTLE_CGROUP, 'cgroup.procs'),
} as const;

let guest: Guest;
let monitor: GuestMonitor;
let watch: Watch<keyof typeof FILES>;
let killedBefore: number;

beforeAll(async () => {
  guest = await bootGuest({ memMib: BOOT_MIB, maxMemMib: LARGEST_MIB });
  await startGuestPostgres(guest);
  await makeBenchTables(guest);
});
afterAll(async () => {
  await stopGuests();
  removeTempDirs();
});

beforeEach(async () => {
  watch = await watchFiles(guest, FILES);
  killedBefore = await oomKills(guest);
});

/** Nothing of one story is left for the next one. */
afterEach(async () => {
  await monitor.stop();
  await watch.stop();
  keep('watch', JSON.stringify({ high: watch.history('high'), held: watch.history('held') }, null, 1));
  const throttles = await throttlesIn(guest);
  keep('dmesg', await guest.run('dmesg | tail -150'));
  await plug(guest, 0);
  await expectReplays(guest);
  await guest.run(`rm -rf ${GUEST_LOG}`);
  expect(throttles).toEqual([]);
});

const killedSince = async (): Promise<number> => (await oomKills(guest)) - killedBefore;

/** The most that there is, so that a hold here ends when there is room, however slow the host. */
const MOST_HOLD_MS = 30_000;

const startEnds = async (protect: 'throttle' | 'observe'): Promise<SlowAgent> => {
  monitor = await startGuestMonitor(guest, `${SIZES} --protect ${protect} --throttle-max-ms ${MOST_HOLD_MS}`);
  return startSlowAgent(guest, monitor, BOOT_MIB * MIB);
};

const untilHeld = (pid: number) => watch.until('held', (text) => text === String(pid));
const untilFree = async () => {
  await watch.until('high', (text) => text === 'max');
  return watch.until('held', (text) => text === null);
};

describe('a statement that outruns a grant', () => {
  const GROWTH = { mib: 400, mibPerS: 100 } as const;
  /** Until the clients have connected, and their tables are in memory. */
  const WARM_SECONDS = 6;
  const LATE_MS = 3_000;

  interface Story {
    readonly agent: SlowAgent;
    readonly bench: Bench;
    readonly statement: GrowingBackend;
  }

  const startStory = async (protect: 'throttle' | 'observe'): Promise<Story> => {
    const agent = await startEnds(protect);
    const bench = await startBench(guest);
    for (let second = 0; second < WARM_SECONDS; second += 1) await bench.line();
    return { agent, bench, statement: await startGrowingBackend(guest, GROWTH) };
  };

  /** Of the time of the hold. What a client gets done in it says as much of the host's other work. */
  const MOST_WAITED = 0.2;

  it('is held until it comes, seconds later, and the others do not feel it', async () => {
    const { agent, bench, statement } = await startStory('throttle');
    const held = await untilHeld(statement.backendPid);
    const waitedBeforeMs = await someStallMs(guest, POSTGRES);
    await sleep(LATE_MS);
    await agent.give();
    const freed = await untilFree();
    const waitedMs = (await someStallMs(guest, POSTGRES)) - waitedBeforeMs;
    expect((await statement.ended).status).toBe(0);
    expect(await bench.stop()).toBe(0);
    const throttledMs = freed.atMs - held.atMs;
    expect(throttledMs).toBeGreaterThan(LATE_MS);
    expect(waitedMs).toBeLessThan(MOST_WAITED * throttledMs);
    expect(await bench.transactions(held.atMs, freed.atMs)).toBeGreaterThan(0);
    expect(await killedSince()).toBe(0);
  });

  it('meets the OOM killer where nobody may hold it', async () => {
    const { bench, statement } = await startStory('observe');
    expect((await statement.ended).status).not.toBe(0);
    await bench.kill();
    expect(await killedSince()).toBeGreaterThan(0);
  });
});

describe('a monitor that holds somebody', () => {
  /**
   * What grows ends within what is left when it is let go. About 40 MiB of it are program text that nobody gets; the rest
   * is where the kernel puts the memmap of what is plugged then, 16 MiB a GiB: at 60 MiB the OOM killer comes.
   */
  const LEFT_MIB = 100;
  /** Two seconds from the danger to its end: under emulation, on a busy host, it takes one and a half to hold it. */
  const MIB_PER_S = 40;

  interface Story {
    readonly agent: SlowAgent;
    readonly grower: Grower;
    /** Nobody holds it any more. */
    readonly grown: () => Promise<unknown>;
  }

  const startStory = async (): Promise<Story> => {
    const agent = await startEnds('throttle');
    const toMib = (await availableMib(guest)) - LEFT_MIB;
    const grower = await startGrower(guest, { fromMib: 1, toMib, mibPerS: MIB_PER_S });
    await untilHeld(grower.pid);
    return { agent, grower, grown: () => grower.reached(toMib) };
  };

  /** What grows now gets more than was left, and more than is given at first. */
  const expectGoesOn = async (agent: SlowAgent): Promise<void> => {
    await agent.give();
    const another = await startGrower(guest, { fromMib: 1, toMib: 250, mibPerS: 50 });
    await another.reached(250);
    await another.kill();
    expect(await killedSince()).toBe(0);
  };

  it('gets SIGKILL: all are let go, and another one goes on', async () => {
    const { grower, grown } = await startStory();
    await monitor.signal('SIGKILL');
    await untilFree();
    await grown();
    await expectGoesOn(await startEnds('throttle'));
    await grower.kill();
  });

  it('gets SIGSTOP: all are let go, and it goes on when it may', async () => {
    const { agent, grower, grown } = await startStory();
    await monitor.signal('SIGSTOP');
    await untilFree();
    await grown();
    await monitor.signal('SIGCONT');
    await expectGoesOn(agent);
    await grower.kill();
  });
});
