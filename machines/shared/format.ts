/** Numbers as people read them in reasons and logs: "1.9 GiB", "0.25 vCPU", "1.4 s". */
import type { Size } from './events/size';
import { GIB, KIB, MIB, MINUTE_MS, SECOND_MS } from './units';

interface Unit {
  readonly suffix: string;
  readonly size: number;
  readonly digits: number;
  /** Amounts that round to this many or more are shown in the next unit. */
  readonly below: number;
}

const BYTE_UNITS: readonly Unit[] = [
  { suffix: 'B', size: 1, digits: 0, below: 1024 },
  { suffix: 'KiB', size: KIB, digits: 0, below: 1024 },
  { suffix: 'MiB', size: MIB, digits: 0, below: 1024 },
  { suffix: 'GiB', size: GIB, digits: 1, below: Infinity },
];

/** Seconds reach to two minutes, so that a window of a minute reads "60 s". */
const TIME_UNITS: readonly Unit[] = [
  { suffix: 'ms', size: 1, digits: 0, below: 1000 },
  { suffix: 's', size: SECOND_MS, digits: 1, below: 120 },
  { suffix: 'min', size: MINUTE_MS, digits: 1, below: 120 },
  { suffix: 'h', size: 60 * MINUTE_MS, digits: 1, below: Infinity },
];

/** Without trailing zeros: 2, not 2.0. */
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

const inUnits = (amount: number, units: readonly Unit[]): string => {
  const inUnit = (unit: Unit): number => rounded(amount / unit.size, unit.digits);
  const unit = units.find((candidate) => Math.abs(inUnit(candidate)) < candidate.below);
  return unit === undefined ? String(amount) : `${inUnit(unit)} ${unit.suffix}`;
};

/** "300 MiB", "1.9 GiB". */
export const formatBytes = (bytes: number): string => inUnits(bytes, BYTE_UNITS);

/** "250 ms", "1.4 s", "5 min". */
export const formatMs = (ms: number): string => inUnits(ms, TIME_UNITS);

/** "0.25 vCPU". */
export const formatCpu = (cpu: number): string => `${rounded(cpu, 2)} vCPU`;

/** "0.25 vCPU, 1 GiB". */
export const formatSize = ({ cpu, mem }: Size): string => `${formatCpu(cpu)}, ${formatBytes(mem)}`;
