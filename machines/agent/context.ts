/** What the agent knows of one VM: plain JSON, written to the head of each log segment. */
import * as t from 'io-ts';
import { finite } from '../shared/events/finite';
import { defaulted } from '../shared/events/defaulted';
import { absentAsNull, nullable } from '../shared/events/nullable';
import { Size } from '../shared/events/size';
import { ScrapedMetrics } from './events';

export const VmConfig = t.readonly(
  t.type({
    name: t.string,
    /** Bounds beside those of the hypervisor; null: only its own. */
    sizing: t.readonly(t.type({ unit: Size, min: Size, max: nullable(Size), independent: t.boolean })),
    /** Whether the VM's metrics can be scraped, for a monitor that asks for no sizes. */
    metrics: t.boolean,
  }),
);
export type VmConfig = t.TypeOf<typeof VmConfig>;

/** One step of the hypervisor: so much of one resource, and where that leads. */
export const HypervisorStep = t.readonly(
  t.type({
    resource: t.keyof({ cpu: null, mem: null }),
    /** withdraw: less is asked for, but not less than the VM has. */
    direction: t.keyof({ up: null, down: null, withdraw: null }),
    /** vCPUs or bytes, the VM's whole. */
    to: finite,
    /** When it was asked for, or when a shrink last got on. */
    since: finite,
    /** Looks in a row that showed it. */
    looks: finite,
  }),
);
export type HypervisorStep = t.TypeOf<typeof HypervisorStep>;

/** A size that the VM keeps for a while. */
const TimedFloor = t.readonly(t.type({ size: Size, until: finite }));

/** What a ScaleRequest of v1.1 says beside its size: with less memory than the floor Postgres is at risk. */
const MemoryRisk = t.readonly(
  t.type({
    floor: nullable(Size),
    /** When memory is exhausted; null: not soon, or not known. */
    exhaustedAt: nullable(finite),
  }),
);

/** How often in a row the monitor refused to lend memory, and until when it is not asked again. */
const LoanRefusals = t.readonly(t.type({ count: finite, until: finite }));
export const NO_REFUSALS: t.TypeOf<typeof LoanRefusals> = { count: 0, until: 0 };

/** The connection to the VM's monitor. */
const MonitorConnection = t.readonly(
  t.type({
    id: t.string,
    version: t.keyof({ '1.0': null, '1.1': null }),
    /** Id of our next frame: even, from 2. */
    nextId: finite,
    /** Health checks since the monitor's last frame. */
    unanswered: finite,
  }),
);
export type MonitorConnection = t.TypeOf<typeof MonitorConnection>;

export const VmContext = t.readonly(
  t.type({
    config: VmConfig,
    conn: nullable(MonitorConnection),
    /** What the monitor requested last; null: it asks for no sizes, the metrics count. */
    monitorRequest: nullable(Size),
    /** What came with that request; null: nothing. */
    risk: absentAsNull(MemoryRisk),
    /** The last metrics; null: none, or they could not be had. */
    system: nullable(ScrapedMetrics),
    /** What an UpscaleRequest asks for at the least. */
    upscale: nullable(TimedFloor),
    /** What a refused or stalled downscale leaves. */
    floor: nullable(TimedFloor),
    /** What the hypervisor can do for this VM; null until it has reported it. */
    bounds: nullable(t.readonly(t.type({ min: Size, max: Size, memStepBytes: finite }))),
    /** What the hypervisor last showed. */
    observed: nullable(Size),
    /** What the hypervisor was last asked for; a resource that we never asked for is as it was seen then. */
    requested: nullable(Size),
    /** The size that was decided for the VM. */
    goal: nullable(Size),
    /** What the monitor takes for the VM's size; null: no size was sent on this connection. */
    announced: nullable(Size),
    /** The size down to which the monitor lets us go. */
    approved: nullable(Size),
    step: nullable(HypervisorStep),
    /** The request to the monitor that awaits its answer. */
    awaited: nullable(t.readonly(t.type({ id: finite, size: Size }))),
    loanRefusals: defaulted(LoanRefusals, NO_REFUSALS),
    /** Failures of the hypervisor in a row. */
    failures: finite,
  }),
);
export type VmContext = t.TypeOf<typeof VmContext>;

export const initialVm = (config: VmConfig): VmContext => ({
  config,
  conn: null,
  monitorRequest: null,
  risk: null,
  system: null,
  upscale: null,
  floor: null,
  bounds: null,
  observed: null,
  requested: null,
  goal: null,
  announced: null,
  approved: null,
  step: null,
  awaited: null,
  loanRefusals: NO_REFUSALS,
  failures: 0,
});
