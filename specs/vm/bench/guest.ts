/** The VM that all sides share, and what is left of one run for the next: nothing. */
import { cgroupFile, killAll, POSTGRES } from '../in-guest/cgroups';
import { bootGuest, type Guest } from '../harness';
import { plug } from '../outside/plugged';

/** Large enough that 85 % of it leaves room for the kernel and the monitor: else the yardstick asks after the OOM killer. */
export const BOOT_MIB = 2048;
export const MAX_MIB = 4096;

export const bootBenchGuest = (): Promise<Guest> => bootGuest({ memMib: BOOT_MIB, maxMemMib: MAX_MIB });

export const tidy = async (guest: Guest): Promise<void> => {
  await killAll(guest, POSTGRES);
  await guest.run(`until [ -z "$(cat ${cgroupFile(POSTGRES, 'cgroup.procs')})" ]; do sleep 0.1; done`);
  await plug(guest, 0);
  await guest.run('echo 3 >/proc/sys/vm/drop_caches; rm -rf /var/lib/vm-monitor');
};
