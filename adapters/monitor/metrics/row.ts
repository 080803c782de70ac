/** One metric as a row of a table: name, meaning, and how it is read from the facts. */
import type { Domain } from '../../../machines/monitor/engine/state';
import type { StatusReport } from '../status/report';
import type { Counts, SignalTotals } from './tally';

export interface LogHealth {
  /** Lines are being lost. */
  readonly broken: boolean;
  /** Of all its files; null when the disk does not say. */
  readonly bytes: number | null;
}

export interface MetricFacts {
  /** The same document that `vm-monitor status` shows. */
  readonly status: StatusReport;
  readonly domain: Domain;
  readonly samplingIntervalMs: number;
  readonly grantUpMs: number;
  /** The agent refuses the present request. */
  readonly denied: boolean;
  /** As the policy sees it. */
  readonly workingSetPages: readonly number[] | null;
  /** Null: there is no event log. */
  readonly log: LogHealth | null;
}

/** With what is counted since the process started: what the rows read. */
export interface CountedFacts extends MetricFacts {
  readonly counts: Counts;
  readonly signalTotals: SignalTotals;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Row {
  readonly kind: 'gauge' | 'counter';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** No sample: not known. Never zero for that. */
  readonly read: (facts: CountedFacts) => readonly Sample[];
}

type Read<T> = (facts: CountedFacts) => T;

const single =
  (kind: Row['kind']) =>
  (name: string, help: string, read: Read<number | null>): Row => ({
    ...{ kind, name, help, labels: [] },
    read: (facts) => {
      const value = read(facts);
      return value === null ? [] : [{ labels: {}, value }];
    },
  });

export const gauge = single('gauge');
/** What only grows; its name ends in _total. */
export const counter = single('counter');

/** `read` gives a value for each value of the label; null: not known. */
const by =
  (kind: Row['kind']) =>
  (name: string, help: string, label: string, read: Read<Readonly<Record<string, number | null>>>): Row => ({
    ...{ kind, name, help, labels: [label] },
    read: (facts) =>
      Object.entries(read(facts)).flatMap(([key, value]) =>
        value === null ? [] : [{ labels: { [label]: key }, value }],
      ),
  });

export const gaugeBy = by('gauge');
export const counterBy = by('counter');

/** A fact that is true, with what it is about in its labels. */
export const facts = (
  name: string,
  help: string,
  labels: readonly string[],
  read: Read<readonly Sample['labels'][]>,
): Row => ({
  ...{ kind: 'gauge', name, help, labels },
  read: (all) => read(all).map((each) => ({ labels: each, value: 1 })),
});

export const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
