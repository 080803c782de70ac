/** The guest's cgroups, as its kernel shows them. */
import type { Guest } from '../harness';

/** Of Postgres; the one that the monitor manages. */
export const POSTGRES = 'neon-postgres';
/** Where the monitor puts those that it holds. */
export const THROTTLE_CGROUP = 'vm-monitor-throttle';

export const cgroupFile = (name: string, file: string): string => `/sys/fs/cgroup/${name}/${file}`;

/** A script that goes on in this cgroup. */
export const within = (name: string, script: string): string =>
  `echo 0 >${cgroupFile(name, 'cgroup.procs')} && ${script}`;

/** Ids of the processes in it, in no order; none when it is gone. */
export const pidsIn = async (guest: Guest, name: string): Promise<readonly number[]> => {
  const { stdout } = await guest.outcome(`cat ${cgroupFile(name, 'cgroup.procs')}`);
  return stdout.split('\n').filter(Boolean).map(Number);
};

/** Kills all that live in it. */
export const killAll = async (guest: Guest, name: string): Promise<void> => {
  await guest.write(cgroupFile(name, 'cgroup.kill'), '1');
};

const stallMs =
  (whose: 'some' | 'full') =>
  async (guest: Guest, name: string): Promise<number> => {
    const text = await guest.read(cgroupFile(name, 'memory.pressure'));
    const found = new RegExp(`^${whose} .*total=(\\d+)$`, 'm').exec(text);
    if (found === null) throw new Error(`no PSI for ${name}`);
    return Number(found[1]) / 1000;
  };

/** Ms in which at least one of its tasks waited for memory, since it was made. */
export const someStallMs = stallMs('some');
/** Ms in which all that had something to do waited for it at once. */
export const fullStallMs = stallMs('full');

/** What a new process could get without swapping, in MiB. */
export const availableMib = async (guest: Guest): Promise<number> =>
  Number(await guest.run(`awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo`));

/** How often this kernel's OOM killer has struck since boot. */
export const oomKills = async (guest: Guest): Promise<number> =>
  Number(await guest.run(`awk '$1 == "oom_kill" { print $2 }' /proc/vmstat`));

export const memTotalMib = async (guest: Guest): Promise<number> =>
  Number(await guest.run(`awk '$1 == "MemTotal:" { print $2 / 1024 }' /proc/meminfo`));

/** What is in place that slows Postgres: files of its cgroup that do not say that it is free, and the throttle cgroup. */
export const throttlesIn = async (guest: Guest): Promise<readonly string[]> => {
  const free = { 'memory.high': 'max', 'memory.max': 'max', 'cgroup.freeze': '0' };
  const looks = Object.entries(free).map(([file, text]) => `grep -vHx ${text} ${cgroupFile(POSTGRES, file)}`);
  const { stdout } = await guest.outcome(`${looks.join('; ')}; ls -d ${cgroupFile(THROTTLE_CGROUP, '')}`);
  return stdout.split('\n').filter(Boolean);
};
