/**
 * Protection against a real kernel: what memory.high and a monitor that dies do to processes that really grow. Asserted
 * on the guest's kernel only.
 */
import { MIB } from '../../machines/shared/units';
import { nextWishFor } from '../support/monitor-frames';
import { bootGuest, stopGuests, type Guest } from './harness';
import { STORY_DEADLINE_MS } from './harness/limits';
import { availableMib, THROTTLE_CGROUP, cgroupFile, killAll, oomKills, POSTGRES, within } from './in-guest/cgroups';
import { startGrower, type Grower } from './in-guest/grower';
import { startGuestMonitor, type GuestMonitor } from './in-guest/monitor';
import { watchFiles, type Watch } from './in-guest/watch';

jest.setTimeout(STORY_DEADLINE_MS);

const FILES = {
  high: cgroupFile(POSTGRES, 'memory.high'),
  events: cgroupFile(POSTGRES, 'memory.events.local'),
  members: cgroupFile(POSTGRES, 'cgroup.procs'),
  held: cgroupFile(THROTTLE_CGROUP, 'cgroup.procs'),
} as const;

let guest: Guest;
let monitor: GuestMonitor;
let watch: Watch<keyof typeof FILES>;
let killedBefore: number;

beforeAll(async () => {
  guest = await bootGuest({ memMib: 512, maxMemMib: 1024 });
});
afterAll(stopGuests);

const untilArmed = () => watch.until('high', (text) => text !== 'max' && text !== null);
const untilFree = () => watch.until('high', (text) => text === 'max');
const untilNoBrake = () => watch.until('held', (text) => text === null);

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

/** What a monitor takes when it starts. */
const MONITOR_MIB = 30;

/**
 * A monitor, and a cgroup that has filled the VM but for so much. The monitor keeps 104 MiB of that as its reserve. It
 * comes later: one that sees the VM filled in a second would hold what fills it.
 */
const startFilled = async (leftMib: number, flags: string): Promise<void> => {
  const mib = (await availableMib(guest)) - leftMib - MONITOR_MIB;
  const filler = await startGrower(guest, { fromMib: mib, toMib: mib, mibPerS: 1 });
  await filler.reached(mib);
  monitor = await startGuestMonitor(guest, `--independent --compute-unit 0.25,512MiB --max-size 2,1GiB ${flags}`);
};

describe('the tripwire', () => {
  const LEFT_MIB = 170;
  /** Slow enough that beats see the end from afar, and set the tripwire. */
  const RAMP = { fromMib: 1, toMib: 40, mibPerS: 10 } as const;

  /**
   * A burst that no beat sees, as neither the monitor nor its watchdog process runs until the kernel has counted it. Then the
   * monitor runs, and the watchdog process only when the wire is lifted: it would lift it too. The ramp stops, else both would
   * come to the VM's end.
   */
  const burstUnseen = async (ramp: Grower): Promise<void> => {
    await guest.run(`
      guards=$(grep -vx ${monitor.pid} ${cgroupFile('vm-monitor', 'cgroup.procs')})
      kill -STOP ${ramp.pid} ${monitor.pid}
      kill -STOP $guards || : # Among them is its sleep, which may have ended.
      count() { while read -r key count; do [ $key = high ] && break; done <${FILES.events}; }
      read -r high <${FILES.high}
      read -r current <${cgroupFile(POSTGRES, 'memory.current')}
      count
      before=$count
      mib=$(((high - current) / ${MIB} + 8))
      (${within(POSTGRES, 'exec /opt/grow anon $mib $mib 1')} >/dev/null 2>&1) &
      until [ $count != $before ]; do sleep 0.05; count; done
      kill -CONT ${monitor.pid}
      until [ $high = max ]; do sleep 0.05; read -r high <${FILES.high}; done
      kill -CONT $guards || :`);
  };

  it('wakes the monitor, which lifts it and asks for more', async () => {
    await startFilled(LEFT_MIB, '--protect tripwire');
    const agent = await monitor.agent();
    const ramp = await startGrower(guest, RAMP);
    await untilArmed();
    await burstUnseen(ramp);
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
