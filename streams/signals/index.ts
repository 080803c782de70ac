/**
 * Every signal of the kernel is one row: which file, how often, when it counts as changed, and which readings it fills. What
 * is read (adapters/monitor/kernel), the readings, their rounding, the check for changes, the events source.lost and
 * source.found and the host's metrics all follow from these rows. docs/adding-a-signal.md adds one.
 */
import type { SourceName } from '../../machines/monitor/events/readings';
import type { SignalName } from '../raw-sample';
import { CGROUP_SIGNALS } from './cgroup';
import { PROC_SIGNALS } from './proc';
import type { PartName, Parts, Signals } from './signal';

const TABLE = { ...PROC_SIGNALS, ...CGROUP_SIGNALS };
type Row = (typeof TABLE)[SignalName];

type FieldsOf<Each, Part extends PartName> = Each extends { readonly fills: Readonly<Record<Part, infer Fields>> }
  ? keyof Fields
  : never;
type Unfilled = { [Part in PartName]: Exclude<keyof Parts[Part], FieldsOf<Row, Part>> }[PartName];
type Unread = Exclude<SourceName, Row['source']>;

/** Does not compile while no row fills a reading of the codec, or reads a source: the error names them. */
export const SIGNALS: [Unfilled, Unread] extends [never, never] ? Signals : { unfilled: Unfilled; unread: Unread } =
  TABLE;

/** In the order of the table. Object.keys widens to string; the keys are those of SIGNALS. */
export const SIGNAL_NAMES = Object.keys(SIGNALS) as readonly SignalName[];
