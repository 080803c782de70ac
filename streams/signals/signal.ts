/** The shape of a row of the table: one file of the kernel, how it is read, and which readings it fills. */
import type {
  CgroupReading,
  CpuReading,
  MemoryReading,
  PressureReading,
  Readings,
  SourceName,
} from '../../machines/monitor/events/readings';
import type { RawSignals, RawValues, SignalName } from '../raw-sample';

/** How large the VM is. The readings carry it in their groups `memory` and `cpu`. */
export type SizePart = Partial<Pick<MemoryReading, 'totalBytes'> & Pick<CpuReading, 'onlineCpus' | 'quotaCpus'>>;

/** What the streams make of a sample, each its part (size.ts, memory-use.ts, cpu-load.ts, pressure.ts). */
export interface Parts {
  readonly size: SizePart;
  readonly memory: Omit<MemoryReading, 'totalBytes'>;
  readonly cgroup: CgroupReading;
  readonly pressure: PressureReading;
  readonly cpu: Omit<CpuReading, 'onlineCpus' | 'quotaCpus'>;
}
export type PartName = keyof Parts;

/**
 * Makes a reading of what a file says. `previous` is what the same file said in the sample before, undefined if it
 * could not be read there. Undefined: the reading is left out.
 */
export type Fill<Value, Reading> = (now: Value, previous: Value | undefined, raw: RawSignals) => Reading;

/** How often a file is read: `sample`: each time; else at most so often, and repeated in between. */
export type Every = 'sample' | '500ms' | '1s';

/** A metric for Prometheus that shows readings. */
export type SignalMetric = SignalGauge | SignalCounter;

export interface SignalGauge {
  readonly kind: 'gauge';
  readonly name: string;
  readonly help: string;
  /** Undefined: not known at present. */
  readonly read: (readings: Readings) => number | undefined;
}

/** Readings tell the growth since the sample before; the metric is its sum since the process started. */
export interface SignalCounter {
  readonly kind: 'counter';
  readonly name: string;
  readonly help: string;
  readonly label: string;
  /** By value of the label. Undefined: not known with this sample. */
  readonly grownBy: (readings: Readings) => Readonly<Record<string, number | undefined>>;
}

/** For values with fields that are known by name. */
type Quanta<Value> = string extends keyof Value
  ? never
  : Value extends object
    ? { readonly [Field in keyof Value]?: number }
    : never;

export interface Signal<Value> {
  /**
   * The directory that `file` is in: /proc, or that of the managed cgroup. `levels`: `file` and what belongs to it in the
   * managed cgroup and in each one above it.
   */
  readonly root: 'proc' | 'cgroup' | 'levels';
  readonly file: string;
  readonly every: Every;
  /** Whose loss and return are told; a source of several files is lost with any of them. Null: not told. */
  readonly source: SourceName | null;
  /** For a file that not every kernel has: what its absence says. Without this it is then lost. */
  readonly ifAbsent?: { readonly value: Value };
  /** Read only while that signal cannot be. */
  readonly insteadOf?: SignalName;
  /**
   * The signal counts as changed when one of these fields differs by so much from the last sample that was passed on; a
   * sample in which no signal has changed is held back. Without this it counts as changed whenever it was read, as is
   * right for what is read rarely.
   */
  readonly changedFrom?: Quanta<NonNullable<Value>>;
  /** Without this file these parts are left out as a whole; others lack only what it fills. */
  readonly requiredBy?: readonly PartName[];
  /** A name of Readings that no codec has is an error of the compiler, as is a codec field that no row fills. */
  readonly fills: {
    readonly [Part in PartName]?: {
      readonly [Field in keyof Parts[Part]]?: Fill<Value, Parts[Part][Field]>;
    };
  };
  readonly metrics?: readonly SignalMetric[];
}

export type Signals = { readonly [Name in SignalName]: Signal<RawValues[Name]> };
