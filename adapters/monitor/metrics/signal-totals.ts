/** Sums of what the readings say has grown, since the process started. */
import type { LoggedEvent } from '../../../machines/monitor/events/logged';
import { SIGNALS, SIGNAL_NAMES } from '../../../streams/signals';

/** By name of the metric and value of its label. */
export type SignalTotals = Readonly<Record<string, Readonly<Record<string, number>>>>;

const METRICS = SIGNAL_NAMES.flatMap((signal) => SIGNALS[signal].metrics ?? []);
export const SIGNAL_GAUGES = METRICS.filter((metric) => metric.kind === 'gauge');
export const SIGNAL_COUNTERS = METRICS.filter((metric) => metric.kind === 'counter');

export class SignalTally {
  readonly #counters = SIGNAL_COUNTERS.map(({ name, grownBy }) => ({ name, grownBy, sums: new Map<string, number>() }));

  get totals(): SignalTotals {
    return Object.fromEntries(this.#counters.map(({ name, sums }) => [name, Object.fromEntries(sums)]));
  }

  take(event: LoggedEvent): void {
    if (event.type !== 'sample.taken') return;
    for (const { grownBy, sums } of this.#counters) {
      for (const [label, growth] of Object.entries(grownBy(event.readings))) {
        if (growth !== undefined) sums.set(label, (sums.get(label) ?? 0) + growth);
      }
    }
  }
}
