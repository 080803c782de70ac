/** What a process costs, as its kernel counts it. */
import { readFileSync } from 'node:fs';
import { KIB, MIB } from '../../machines/shared/units';

/** USER_HZ is 100 on all machines of ours. */
export const TICK_MS = 10;

/** Fields 14 and 15 of /proc/<pid>/stat; the first two are cut off, since the name may hold blanks. */
const UTIME_INDEX = 14 - 3;

/** CPU time of all its threads so far, in user space and kernel. */
export const cpuMs = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [utime = NaN, stime = NaN] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(UTIME_INDEX)
    .map(Number);
  return (utime + stime) * TICK_MS;
};

const statusMib = (pid: number, field: string): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * KIB) / MIB;
};

/** Resident memory of its own, without files. */
export const rssAnonMib = (pid: number): number => statusMib(pid, 'RssAnon');

/** The most that was ever resident, with files. */
export const mostResidentMib = (pid: number): number => statusMib(pid, 'VmHWM');
