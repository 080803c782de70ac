/** The loads that a scenario may have, as they stand in its file. Several add up. */
import * as t from 'io-ts';
import { defaulted } from '../../../shared/events/defaulted';
import { finite } from '../../../shared/events/finite';

const kind = <Kind extends string, Props extends t.Props>(name: Kind, props: Props) =>
  t.readonly(t.exact(t.intersection([t.type({ kind: t.literal(name) }), t.type(props)])));

/** The same for ever. */
const FlatSpec = kind('flat', { anonMib: defaulted(finite, 0), cores: defaulted(finite, 0) });
/** A constant load that leaves so much available in the initial size. */
const FillSpec = kind('fill', { availableMib: finite, cores: defaulted(finite, 0.05) });
/** A process that grows and never gives back. */
const LeakSpec = kind('leak', { mibPerSecond: finite, fromMib: defaulted(finite, 0) });
/** Memory rises linearly for `riseSeconds` and falls at once, again each period: sorts and hashes of work_mem. */
const SawtoothSpec = kind('sawtooth', {
  lowMib: finite,
  highMib: finite,
  periodSeconds: finite,
  riseSeconds: finite,
  cores: defaulted(finite, 0),
});
/** Backends that all connect within `withinSeconds` and stay for a while. */
const StormSpec = kind('storm', {
  connections: finite,
  mibEach: finite,
  atSeconds: finite,
  withinSeconds: finite,
  forSeconds: finite,
  cores: defaulted(finite, 0),
});
/** Dynamic shared memory that is filled at once and removed at the end: a parallel index build. */
const SharedBuildSpec = kind('sharedBuild', {
  atSeconds: finite,
  mib: finite,
  gibPerSecond: defaulted(finite, 4),
  forSeconds: finite,
  cores: defaulted(finite, 1),
});
/** CPU and memory from time to time. */
const BatchSpec = kind('batch', {
  atSeconds: finite,
  everySeconds: finite,
  forSeconds: finite,
  cores: defaulted(finite, 0),
  anonMib: defaulted(finite, 0),
  /** Within which it takes its memory. */
  riseSeconds: defaulted(finite, 30),
});
/** Memory that is allocated once, so fast, and kept for a while. */
const BurstSpec = kind('burst', { atSeconds: finite, mib: finite, withinMs: finite, forSeconds: finite });
/** Clients in a closed loop: think, compute, read pages of a hot set. */
const ClientsSpec = kind('clients', {
  clients: finite,
  thinkMs: finite,
  cpuMs: finite,
  readsPerQuery: finite,
  hotSetGib: finite,
  /** Where the hot set is kept: the kernel's page cache, or Postgres' file cache (where the VM says that it lies). */
  keptIn: defaulted(t.keyof({ pageCache: null, fileCache: null }), 'pageCache'),
  /** Share of the hot set that is cached at the start. */
  warmShare: defaulted(finite, 1),
  /** Then the clients read other pages, so many times as many (1: a shift, 0.5: it halves too). */
  changes: defaulted(t.readonlyArray(t.strict({ atSeconds: finite, factor: finite, sameShare: finite })), []),
  /** Clients read only in these times; empty: always. */
  activeSeconds: defaulted(t.readonlyArray(t.strict({ from: finite, to: finite })), []),
});
/** Requests come at random (Poisson) and take a random time (exponential) each. */
const RandomServiceSpec = kind('randomService', { cores: finite, serviceMs: finite });
/** Tasks that never stop computing. */
const BusySpec = kind('busy', { tasks: finite });
/** Pages that are read once and not again: a backup, a scan. */
const ColdReadsSpec = kind('coldReads', { mibPerSecond: finite });
/** Rows as in a trace file. */
const TraceSpec = kind('trace', {
  seconds: t.readonlyArray(finite),
  cores: t.readonlyArray(finite),
  mib: t.readonlyArray(finite),
});

export const LoadSpec = t.union([
  FlatSpec,
  FillSpec,
  LeakSpec,
  SawtoothSpec,
  StormSpec,
  SharedBuildSpec,
  BatchSpec,
  BurstSpec,
  ClientsSpec,
  RandomServiceSpec,
  BusySpec,
  ColdReadsSpec,
  TraceSpec,
]);
export type LoadSpec = t.TypeOf<typeof LoadSpec>;
export type LoadOf<Kind extends LoadSpec['kind']> = Extract<LoadSpec, { readonly kind: Kind }>;
