/**
 * The whole of it: a monitor in the guest, an agent on the host that plugs memory through QEMU, and processes that need
 * it; and what must change no size, a page cache that fills the VM and a load that lasts. Asserted on the hypervisor and
 * on the guest's kernel.
 */
import { MIB } from '../../machines/shared/units';
import { stopCommands } from '../support/command';
import { removeTempDirs } from '../support/event-log';
import { startFrameProxy, type FrameProxy } from '../support/frame-proxy';
import { nextOf } from '../support/monitor-frames';
import { bootGuest, stopGuests, type Guest } from './harness';
import { eventually } from './harness/eventually';
import { STORY_DEADLINE_MS } from './harness/limits';
import {
  availableMib,
  cgroupFile,
  killAll,
  memTotalMib,
  oomKills,
  POSTGRES,
  throttlesIn,
  within,
} from './in-guest/cgroups';
import { startGrower } from './in-guest/grower';
import { monitorUrl, startGuestMonitor, type GuestMonitor } from './in-guest/monitor';
import { watchFiles } from './in-guest/watch';
import { startHostAgent, type HostAgent, type HostAgentOptions } from './outside/agent';
import { plug, pluggedMib } from './outside/plugged';
import { expectReplays, GUEST_LOG } from './outside/replays';

jest.setTimeout(STORY_DEADLINE_MS);

const BOOT_MIB = 512;
/** Memory alone moves: under emulation a vCPU that was plugged cannot be taken out again. */
const SIZES = '--independent --compute-unit 2,256MiB --min-size 2,512MiB --max-size 2,2GiB';

let guest: Guest;
let monitor: GuestMonitor;
let agents: HostAgent[];
let killedBefore: number;
let proxy: FrameProxy | null = null;

beforeAll(async () => {
  guest = await bootGuest({ memMib: BOOT_MIB, maxMemMib: 2048 });
});
afterAll(async () => {
  await stopGuests();
  removeTempDirs();
});

beforeEach(async () => {
  agents = [];
  killedBefore = await oomKills(guest);
});

/** Nothing of one story is left for the next one, and all that was decided in it is decided again from the logs. */
afterEach(async () => {
  await stopCommands();
  await proxy?.stop();
  proxy = null;
  await monitor.stop();
  const throttles = await throttlesIn(guest);
  await killAll(guest, POSTGRES);
  await plug(guest, 0);
  await expectReplays(guest, [...new Set(agents.map(({ logDir }) => logDir))]);
  await guest.run(`rm -rf ${GUEST_LOG}`);
  expect(throttles).toEqual([]);
  expect((await oomKills(guest)) - killedBefore).toBe(0);
});

const startMonitor = async (flags = ''): Promise<void> => {
  monitor = await startGuestMonitor(guest, `${SIZES} ${flags}`);
};

const untilConnected = () => monitor.logged('agent connected');

const startAgent = async (flags = '', where: Partial<HostAgentOptions> = {}): Promise<HostAgent> => {
  const agent = await startHostAgent(guest, { flags: `${SIZES} ${flags}`.trim().split(' '), ...where });
  agents.push(agent);
  await untilConnected();
  return agent;
};

/** What the monitor has decided last, in MiB. */
const wishedMib = (): number => {
  const decided = [...monitor.log()].reverse().find((line) => line['event'] === 'size.decided');
  return Number((decided?.['desired'] as { mem: number } | undefined)?.mem) / MIB;
};

const untilAsWished = (): Promise<void> =>
  eventually(async () => BOOT_MIB + (await pluggedMib(guest)) === wishedMib(), true);

describe('a process that outgrows the VM', () => {
  it.each([50, 100, 150])('gets its memory in time at %i MiB/s', async (mibPerS) => {
    await startMonitor();
    await startAgent();
    const totalMib = await memTotalMib(guest);
    const grower = await startGrower(guest, { fromMib: 20, toMib: 1000, mibPerS });
    await grower.reached(1000);
    await untilAsWished();
    expect(await pluggedMib(guest)).toBeGreaterThanOrEqual(768);
    expect(Math.round((await memTotalMib(guest)) - totalMib)).toBe(await pluggedMib(guest));
  });

  it('gets it from an agent that is asked without an amount', async () => {
    await startMonitor('--scale-requests never');
    await startAgent();
    const grower = await startGrower(guest, { fromMib: 200, toMib: 600, mibPerS: 20 });
    await grower.reached(600);
    expect(await pluggedMib(guest)).toBeGreaterThanOrEqual(256);
  });
});

describe('when a frame is lost or one of them dies', () => {
  /** No jump at first, whose forecast would be enough for all of it: who comes second has something left to decide. */
  const GROWTH = { fromMib: 20, toMib: 700, mibPerS: 50 } as const;

  it('what was lost is said again before it is too late', async () => {
    // The first ScaleRequest comes with the connection.
    const losses = { ScaleRequest: 2, UpscaleNotification: 1, UpscaleConfirmation: 1 };
    await startMonitor();
    proxy = await startFrameProxy(monitorUrl(guest), losses);
    await startAgent('', { url: proxy.url });
    const totalMib = await memTotalMib(guest);
    const grower = await startGrower(guest, GROWTH);
    await grower.reached(GROWTH.toMib);
    await untilAsWished();
    expect(Math.round((await memTotalMib(guest)) - totalMib)).toBe(await pluggedMib(guest));
    expect([...proxy.lost()].sort()).toEqual([
      'ScaleRequest',
      'ScaleRequest',
      'UpscaleConfirmation',
      'UpscaleNotification',
    ]);
  });

  it('another agent brings to an end what the killed one has begun', async () => {
    await startMonitor();
    const killed = await startAgent();
    const grower = await startGrower(guest, GROWTH);
    await eventually(async () => (await pluggedMib(guest)) > 0, true);
    killed.signal('SIGKILL');
    await killed.ended;
    await startAgent('', { logDir: killed.logDir });
    await grower.reached(GROWTH.toMib);
    await untilAsWished();
  });

  it('another monitor goes on from the size that is there', async () => {
    await startMonitor();
    await startAgent();
    const grower = await startGrower(guest, GROWTH);
    await eventually(async () => (await pluggedMib(guest)) > 0, true);
    await grower.signal('SIGSTOP'); // A start takes seconds under emulation.
    await monitor.signal('SIGKILL');
    await monitor.ended;
    await startMonitor();
    await untilConnected();
    await grower.signal('SIGCONT');
    await grower.reached(GROWTH.toMib);
    await untilAsWished();
  });
});

describe('a host that is full', () => {
  /** Of a VM of 1 GiB, of which the kernel and the monitor have taken 200 MiB: enough to ask for more, and no OOM kill. */
  const NEARLY_FULL_MIB = 770;

  it('gives what it has, says no to the rest, and gives it when there is room', async () => {
    await startMonitor();
    const full = await startAgent('--capacity 2,1GiB');
    const grower = await startGrower(guest, { fromMib: 200, toMib: NEARLY_FULL_MIB, mibPerS: 50 });
    await monitor.logged('denied');
    await grower.reached(NEARLY_FULL_MIB);
    expect(await pluggedMib(guest)).toBe(512);
    expect(wishedMib()).toBeGreaterThan(1024);

    expect(await full.stop()).toBe(0);
    await startAgent('--capacity 2,2GiB');
    await untilAsWished();
    expect(await pluggedMib(guest)).toBeGreaterThan(512);
  });
});

/** Of Postgres' cgroup. */
const cachedMib = async (): Promise<number> =>
  Number(await guest.run(`awk '$1 == "file" { print $2 / ${MIB} }' ${cgroupFile(POSTGRES, 'memory.stat')}`));

describe('a page cache that fills the VM', () => {
  const FLOOD_MIB = 2 * BOOT_MIB;
  /** More than is free beside the cache. */
  const GROWTH_MIB = 100;

  it('makes it no larger, stays, and gives way to what is allocated', async () => {
    await startMonitor();
    await startAgent();
    const watch = await watchFiles(guest, { events: cgroupFile(POSTGRES, 'memory.events.local') });
    const roomMib = await availableMib(guest);
    // Of a file without blocks each page read is a page of the cache all the same.
    await guest.run(`truncate -s ${FLOOD_MIB}M /var/tmp/flood`);
    await guest.run(within(POSTGRES, 'cat /var/tmp/flood >/dev/null'));
    const floodedMib = await cachedMib();
    expect(floodedMib).toBeGreaterThan(0.8 * roomMib);

    const grower = await startGrower(guest, { fromMib: 1, toMib: GROWTH_MIB, mibPerS: 20 });
    await grower.reached(GROWTH_MIB);
    expect(await cachedMib()).toBeGreaterThan(floodedMib - 1.2 * GROWTH_MIB);
    expect(await pluggedMib(guest)).toBe(0);
    expect(watch.history('events')).toHaveLength(1);
    await watch.stop();
  });
});

describe('a VM that was made larger for a load', () => {
  const LARGE_MIB = 512;
  const LOAD = { fromMib: 400, toMib: 400, mibPerS: 1 } as const;

  it('may become small again only when the load is over', async () => {
    await plug(guest, LARGE_MIB);
    const load = await startGrower(guest, LOAD);
    await load.reached(LOAD.toMib);
    await startMonitor();
    const agent = await monitor.agent();
    const mayShrink = async (): Promise<boolean | undefined> => {
      agent.send({ type: 'DownscaleRequest', content: { target: { cpu: 2, mem: BOOT_MIB * MIB } }, id: 2 });
      return (await nextOf(agent, 'DownscaleResult')).Ok;
    };
    expect(await mayShrink()).toBe(false);
    await load.kill();
    await eventually(mayShrink, true);
  });
});
