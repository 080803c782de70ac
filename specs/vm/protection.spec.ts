/**
 * Protection against a real kernel: what memory.high, moved processes and a monitor that dies do to processes that
 * really grow. Asserted on the guest's kernel only.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MIB } from '../../machines/units';
import { nextWishFor } from '../support/monitor-frames';
import { bootGuest, stopGuests, type Guest } from './harness';
import { availableMib, BRAKE, cgroupFile, killAll, oomKills, POSTGRES, within } from './in-guest/cgroups';
import { startGrower, type Grower, type Step } from './in-guest/grower';
import { startGuestMonitor, type GuestMonitor } from './in-guest/monitor';
import { watchFiles, type Watch } from './in-guest/watch';

jest.setTimeout(120_000);

const FILES = {
  high: cgroupFile(POSTGRES, 'memory.high'),
  events: cgroupFile(POSTGRES, 'memory.events.local'),
  members: cgroupFile(POSTGRES, 'cgroup.procs'),
  held: cgroupFile(BRAKE, 'cgroup.procs'),
} as const;

let guest: Guest;
let monitor: GuestMonitor;
let watch: Watch<keyof typeof FILES>;
let killedBefore: number;

beforeAll(async () => {
  guest = await bootGuest({ memMib: 512, maxMemMib: 1024 });
}, 180_000);
afterAll(stopGuests);

const untilArmed = () => watch.until('high', (text) => text !== 'max' && text !== null);
const untilFree = () => watch.until('high', (text) => text === 'max');
const untilHeld = ({ pid }: Grower) => watch.until('held', (text) => text === String(pid));
const untilNoBrake = () => watch.until('held', (text) => text === null);
const untilMember = ({ pid }: Grower) =>
  watch.until('members', (text) => text?.split('\n').includes(String(pid)) ?? false);

beforeEach(async () => {
  watch = await watchFiles(guest, FILES);
  killedBefore = await oomKills(guest);
});

/** Nothing of one story is left for the next one. */
afterEach(async () => {
  await monitor.kill();
  await untilFree();
  await untilNoBrake();
  await killAll(guest, POSTGRES);
  await watch.stop();
  await guest.run('rm -rf /var/lib/vm-monitor');
  expect((await oomKills(guest)) - killedBefore).toBe(0);
});

/** The monitor has forgotten how quickly it was filled. */
const SETTLED_MS = 2000;

/** A monitor, and a cgroup that has filled the VM but for so much. The monitor keeps 64 MiB of that as its reserve. */
const startFilled = async (leftMib: number, flags: string): Promise<void> => {
  monitor = await startGuestMonitor(guest, `--independent --compute-unit 0.25,512MiB --max-size 2,1GiB ${flags}`);
  const mib = (await availableMib(guest)) - leftMib;
  const filler = await startGrower(guest, { fromMib: mib, toMib: mib, mibPerS: 1 });
  await filler.reached(mib);
  await sleep(SETTLED_MS);
};

describe('the tripwire', () => {
  const LEFT_MIB = 130;
  /** Slow enough that beats see the end from afar, and set the tripwire. */
  const RAMP = { fromMib: 1, toMib: 40, mibPerS: 10 } as const;

  const highEvents = (): number => Number(/^high (\d+)$/m.exec(watch.now('events') ?? '')?.[1]);
  const roomMib = async (): Promise<number> =>
    (Number(watch.now('high')) - Number(await guest.read(cgroupFile(POSTGRES, 'memory.current')))) / MIB;

  /**
   * A burst that no beat sees, as the monitor does not run until the kernel has counted it. In one script: the guard
   * lifts the wire after 500 ms. The ramp stops, else both would come to the VM's end.
   */
  const burstUnseen = async (ramp: Grower, mib: number): Promise<void> => {
    const before = highEvents();
    await guest.run(`
      kill -STOP ${monitor.pid} ${ramp.pid}
      (${within(POSTGRES, `exec /opt/grow anon ${mib} ${mib} 1`)} >/dev/null 2>&1) &
      for look in $(seq 2000); do
        while read -r key count; do [ "$key $count" != "high ${before}" ] || continue 2; done <${FILES.events}
        break
      done
      kill -CONT ${monitor.pid}`);
    await watch.until('events', () => highEvents() > before);
  };

  it('wakes the monitor, which lifts it and asks for more', async () => {
    await startFilled(LEFT_MIB, '--protect tripwire');
    const agent = await monitor.agent();
    const ramp = await startGrower(guest, RAMP);
    await untilArmed();
    await burstUnseen(ramp, Math.ceil(await roomMib()) + 8);
    await untilFree();
    await nextWishFor(agent, 1024 * MIB);
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)('does not outlive a monitor that gets %s', async (signal) => {
    await startFilled(LEFT_MIB, '--protect tripwire');
    const ramp = await startGrower(guest, RAMP);
    await untilArmed();
    await monitor.signal(signal);
    await untilFree();
    await ramp.reached(RAMP.toMib);
  });

  it('stands in a cgroup that was removed and made anew', async () => {
    await startFilled(LEFT_MIB, '--protect tripwire');
    await killAll(guest, POSTGRES);
    await watch.until('members', (text) => text === '');
    await guest.run(`rmdir ${cgroupFile(POSTGRES, '')} && mkdir ${cgroupFile(POSTGRES, '')}`);
    await startGrower(guest, { fromMib: 1, toMib: 250, mibPerS: 15 });
    await untilArmed();
  });
});

describe('a hold', () => {
  const LEFT_MIB = 150;
  /** Beyond the VM's end; slow, since a hold takes seconds where a busy host emulates. */
  const GROWTH = { fromMib: 1, toMib: 200, mibPerS: 20 } as const;
  /** At its own pace it would take 80 MiB meanwhile. */
  const HOLD_MS = 4000;
  /** What a held process may still take, and what it took while it was moved. */
  const ALLOWANCE_MIB = 16 + 16;

  it('ends by itself when no grant comes', async () => {
    await startFilled(LEFT_MIB, '--protect hold --brake-ms 2000');
    const grower = await startGrower(guest, GROWTH);
    await untilHeld(grower);
    await grower.signal('SIGSTOP'); // What would become of it is another story.
    await untilNoBrake();
    await untilMember(grower);
  });

  it('does not outlive a monitor that is killed', async () => {
    await startFilled(LEFT_MIB, '--protect hold');
    const grower = await startGrower(guest, GROWTH);
    await untilHeld(grower);
    await grower.signal('SIGSTOP');
    await monitor.signal('SIGKILL');
    await untilNoBrake();
    await untilMember(grower);
  });

  it('slows the one that grows and nobody else, until the grant has come', async () => {
    await startFilled(LEFT_MIB, '--protect hold --brake-ms 20000');
    const agent = await monitor.agent();
    const bystander = await startGrower(guest, { fromMib: 1, toMib: 60, mibPerS: 1 });
    const grower = await startGrower(guest, GROWTH);
    const { atMs: heldFromMs } = await untilHeld(grower);
    await untilMember(bystander);
    await sleep(HOLD_MS);
    await guest.qmp.requestPlugged(512 * MIB);
    agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: 2, mem: 1024 * MIB } }, id: 2 });
    const { atMs: heldToMs } = await untilNoBrake();
    await grower.reached(GROWTH.toMib);

    const during = (steps: readonly Step[]): number =>
      steps.filter(({ atMs }) => heldFromMs < atMs && atMs < heldToMs).length;
    expect(during(await grower.steps())).toBeLessThanOrEqual(ALLOWANCE_MIB);
    expect(during(await bystander.steps())).toBeGreaterThan(0);
    expect(await guest.qmp.pluggedBytes()).toBe(512 * MIB);
  });
});
