/**
 * What must not make a VM larger, a page cache that fills it, and what must not make it smaller, a load that lasts.
 * Asserted on the hypervisor and on the guest's kernel.
 */
import { MIB } from '../../machines/units';
import { stopCommands } from '../support/command';
import { removeTempDirs } from '../support/event-log';
import { eventually } from '../support/eventually';
import { nextOf } from '../support/monitor-frames';
import { bootGuest, stopGuests, type Guest } from './harness';
import { availableMib, cgroupFile, killAll, oomKills, POSTGRES, throttlesIn, within } from './in-guest/cgroups';
import { startGrower } from './in-guest/grower';
import { startGuestMonitor, type GuestMonitor } from './in-guest/monitor';
import { watchFiles } from './in-guest/watch';
import { startHostAgent, type HostAgent } from './outside/agent';
import { plug, pluggedMib } from './outside/plugged';
import { expectReplays, GUEST_LOG } from './outside/replays';

jest.setTimeout(120_000);

const SIZES = '--independent --compute-unit 2,256MiB --min-size 2,512MiB --max-size 2,1024MiB';
const BOOT_MIB = 512;
const MOST_MIB = 1024;

let guest: Guest;
let monitor: GuestMonitor;
let agents: HostAgent[];
let killedBefore: number;

beforeAll(async () => {
  guest = await bootGuest({ memMib: BOOT_MIB, maxMemMib: MOST_MIB });
}, 180_000);
afterAll(async () => {
  await stopGuests();
  removeTempDirs();
});

beforeEach(async () => {
  agents = [];
  killedBefore = await oomKills(guest);
});

/** Nothing of one story is left for the next one. */
afterEach(async () => {
  await stopCommands();
  await monitor.stop();
  const throttles = await throttlesIn(guest);
  await killAll(guest, POSTGRES);
  await plug(guest, 0);
  await expectReplays(
    guest,
    agents.map(({ logDir }) => logDir),
  );
  await guest.run(`rm -rf ${GUEST_LOG}`);
  expect(throttles).toEqual([]);
  expect((await oomKills(guest)) - killedBefore).toBe(0);
});

const startMonitor = async (flags = ''): Promise<void> => {
  monitor = await startGuestMonitor(guest, `${SIZES} ${flags}`);
};

const startAgent = async (): Promise<void> => {
  agents.push(await startHostAgent(guest, { flags: SIZES.split(' ') }));
  await monitor.logged(/ connected, /);
};

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
  const LARGE_MIB = MOST_MIB - BOOT_MIB;
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
