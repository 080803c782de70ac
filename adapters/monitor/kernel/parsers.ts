/** The parser of each signal's file (streams/signals). Without one for each row of one file this does not compile. */
import type { RawValues, SignalName } from '../../../streams/raw-sample';
import { parseCpuMax } from '../../shared/parse/cpu-max';
import type { Parser } from '../../shared/parse/parse-error';
import { parseLimit, parseSingleNumber } from '../../shared/parse/single-value';
import { parseIoStat } from './parse/io-stat';
import { parseLoadavg } from './parse/loadavg';
import { parseMeminfo } from './parse/meminfo';
import { parseMemoryEvents } from './parse/memory-events';
import { parseMemoryStat } from './parse/memory-stat';
import { parsePressure } from './parse/pressure';
import { parseProcStat } from './parse/proc-stat';
import { parseSchedstat } from './parse/schedstat';
import { parseVmstat } from './parse/vmstat';
import { parseKernelRoom } from './parse/zoneinfo';

/** Signals that are a file each; the limits are one for each cgroup on the way up (cgroup-levels.ts). */
export type FileSignalName = Exclude<SignalName, 'memoryLimits'>;

export const PARSERS: { readonly [Name in FileSignalName]: Parser<RawValues[Name]> } = {
  meminfo: parseMeminfo,
  zoneinfo: parseKernelRoom,
  vmstat: parseVmstat,
  overcommit: parseSingleNumber,
  stat: parseProcStat,
  schedstat: parseSchedstat,
  loadavg: parseLoadavg,
  vmMemoryPressure: parsePressure,
  vmCpuPressure: parsePressure,
  vmIoPressure: parsePressure,
  memoryStat: parseMemoryStat,
  memoryCurrent: parseSingleNumber,
  swapCurrent: parseSingleNumber,
  memoryHigh: parseLimit,
  memoryPressure: parsePressure,
  cpuPressure: parsePressure,
  ioPressure: parsePressure,
  ioStat: parseIoStat,
  cpuMax: parseCpuMax,
  memoryEvents: parseMemoryEvents,
  localEvents: parseMemoryEvents,
};
