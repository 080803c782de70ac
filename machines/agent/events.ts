/**
 * The agent's vocabulary in the event log. As with the monitor, all that is not deterministic enters as
 * an input, and what is decided follows as outputs (rule R1). Every event but the first names its VM.
 */
import * as t from 'io-ts';
import { finite } from '../shared/events/finite';
import { envelopeOf, LogOpened } from '../shared/events/envelope';
import { Size } from '../shared/events/size';

const ofVm = <Name extends string, Props extends t.Props>(name: Name, props: Props) =>
  t.intersection([t.type({ type: t.literal(name), vm: t.string }), t.type(props)]);

/** The process has started and the fold begins (after log.opened). */
const AgentStarted = t.type({ type: t.literal('agent.started') });

/** The handshake with a VM's monitor is done. `conn` is the monitor's nonce for the connection, or one of ours. */
export const SessionOpened = ofVm('session.opened', { conn: t.string, version: t.keyof({ '1.0': null, '1.1': null }) });
export const SessionLost = ofVm('session.lost', { conn: t.string, reason: t.string });
/** A frame after the handshake, as text. */
export const VmFrameReceived = ofVm('frame.received', { conn: t.string, text: t.string });

/** Outcomes of commands; `id` is the command's. */
const HypervisorDescribed = ofVm('hypervisor.described', {
  id: finite,
  min: Size,
  max: Size,
  /** Memory moves in whole steps of this. */
  memStepBytes: finite,
});
/** What the VM has, as the hypervisor says it. */
const HypervisorSeen = ofVm('hypervisor.observed', { id: finite, size: Size });
/** A request for memory or CPUs was taken; whether it came true is for the next look. */
const HypervisorTaken = ofVm('hypervisor.taken', { id: finite });
const HypervisorFailed = ofVm('hypervisor.failed', { id: finite, reason: t.string });

/** See machines/shared/goal-cu/formula.ts. */
export const ScrapedMetrics = t.readonly(
  t.type({
    loadAverage1Min: finite,
    loadAverage5Min: finite,
    memoryUsageBytes: finite,
    memoryCachedBytes: finite,
  }),
);
const MetricsScraped = ofVm('metrics.scraped', { id: finite, system: ScrapedMetrics });
const MetricsFailed = ofVm('metrics.failed', { id: finite, reason: t.string });

const elapsed = <Name extends string>(name: Name) => t.type({ type: t.literal(name), vm: t.string });

/** Timers of a VM's statechart that ran out. */
export const AgentTimer = t.union([
  elapsed('health.due'),
  /** No ScaleRequest since the connection began. */
  elapsed('request.overdue'),
  /** An UpscaleRequest counts no longer. */
  elapsed('upscale.lapsed'),
  /** A refused or stalled downscale keeps the size no longer. */
  elapsed('floor.over'),
  /** The monitor did not answer a request in time. */
  elapsed('answer.overdue'),
  /** After a failed request: time to repeat it. */
  elapsed('rest.over'),
  elapsed('observe.due'),
  elapsed('retry.due'),
  elapsed('scrape.due'),
]);
export type AgentTimerName = t.TypeOf<typeof AgentTimer>['type'];

export const AgentInput = t.union([
  VmFrameReceived,
  HypervisorSeen,
  HypervisorTaken,
  HypervisorFailed,
  HypervisorDescribed,
  AgentTimer,
  MetricsScraped,
  MetricsFailed,
  SessionOpened,
  SessionLost,
  AgentStarted,
]);
export type AgentInput = t.TypeOf<typeof AgentInput>;

/** Work for the shell. Each ends in exactly one outcome that bears its id, but for session.close: session.lost follows. */
export const AgentCommand = t.union([
  t.type({ type: t.literal('hypervisor.describe') }),
  t.type({ type: t.literal('hypervisor.observe') }),
  t.type({ type: t.literal('hypervisor.requestMemory'), memBytes: finite }),
  t.type({ type: t.literal('hypervisor.requestCpu'), cpu: finite }),
  t.type({ type: t.literal('metrics.scrape') }),
  t.type({ type: t.literal('session.close'), conn: t.string, reason: t.string }),
]);
export type AgentCommand = t.TypeOf<typeof AgentCommand>;

/** The size that a VM is to have: the first, and each change of it. `parts` are the numbers of the reason. */
const GrantDecided = ofVm('grant.decided', { target: Size, reason: t.string, parts: t.record(t.string, finite) });
const CommandIssued = ofVm('command.issued', { id: finite, command: AgentCommand });
const FrameSent = ofVm('frame.sent', { conn: t.string, text: t.string });

export const AgentOutput = t.union([GrantDecided, CommandIssued, FrameSent]);
export type AgentOutput = t.TypeOf<typeof AgentOutput>;

const OUTPUT_TYPES: ReadonlySet<string> = new Set<AgentOutput['type']>([
  'grant.decided',
  'command.issued',
  'frame.sent',
]);

export const isAgentOutput = (event: AgentInput | AgentOutput): event is AgentOutput => OUTPUT_TYPES.has(event.type);

export const AgentLogged = t.union([AgentInput, AgentOutput, LogOpened]);
export type AgentLogged = t.TypeOf<typeof AgentLogged>;

/** A line of an agent's log. */
export const AgentLine = envelopeOf(AgentLogged);
export type AgentLine = t.TypeOf<typeof AgentLine>;
