/** The agent's events as log lines, each with the VM's name. Looks, timers and health checks are not logged. */
import * as t from 'io-ts';
import type { AgentCommand, AgentInput, AgentOutput } from '../../machines/agent/events';
import { Size } from '../../machines/shared/events/size';
import { FIRST_REQUEST_WAIT_MS, REQUEST_REST_MS } from '../../machines/agent/timings';
import { info, warning, type EventLine } from '../shared/logging/event-line';
import { lineFrom, type LineTable } from '../shared/logging/line-table';

/** The frames that are logged, both ways. In our own InvalidMessage the error lies in the content: it is not logged twice. */
const Logged = t.union([
  t.type({ type: t.literal('UpscaleNotification'), content: t.type({ granted: Size }) }),
  t.type({ type: t.literal('DownscaleRequest'), content: t.type({ target: Size }) }),
  t.type({ type: t.literal('ScaleDenied'), content: t.type({ reason: t.string }) }),
  t.type({ type: t.literal('VmInfo'), content: t.type({ granted: Size }) }),
  t.type({ type: t.literal('ScaleRequest'), target: Size }),
  t.type({ type: t.literal('UpscaleRequest') }),
  t.type({ type: t.literal('DownscaleResult'), Ok: t.boolean, Status: t.string }),
  t.type({ type: t.literal('InvalidMessage'), error: t.string }),
  t.type({ type: t.literal('InternalError'), error: t.string }),
]);
type Logged = t.TypeOf<typeof Logged>;

const errorLine = ({ type, error }: Extract<Logged, { error: string }>): EventLine =>
  warning('monitor error', { answer: type, error });

const FRAME_LINES: LineTable<Logged> = {
  ScaleRequest: ({ target }) => info('size requested', { requested: target }),
  UpscaleRequest: () => info('more memory requested'),
  UpscaleNotification: ({ content }) => info('granted', { granted: content.granted }),
  DownscaleRequest: ({ content }) => info('requesting downscale', { target: content.target }),
  DownscaleResult: ({ Ok, Status: status }) =>
    Ok ? info('downscale approved', { status }) : warning('downscale refused', { status }),
  ScaleDenied: ({ content }) => warning('denied', { reason: content.reason }),
  VmInfo: ({ content }) => info('VM info', { granted: content.granted }),
  InvalidMessage: errorLine,
  InternalError: errorLine,
};

const frameLine = ({ text }: { readonly text: string }): EventLine | null => {
  try {
    const value: unknown = JSON.parse(text);
    return Logged.is(value) ? lineFrom(FRAME_LINES, value) : null;
  } catch {
    return null; // The core has answered it with InvalidMessage, which is logged.
  }
};

const COMMAND_LINES: Partial<LineTable<AgentCommand>> = {
  'hypervisor.requestMemory': ({ memBytes }) => info('requesting memory', { totalBytes: memBytes }),
  'hypervisor.requestCpu': ({ cpu }) => info('requesting CPUs', { vcpus: cpu }),
  'session.close': ({ reason }) => warning('closing connection', { reason }),
};

type VmEvent = Exclude<AgentInput | AgentOutput, { type: 'agent.started' }>;

const VM_LINES: Partial<LineTable<VmEvent>> = {
  'grant.decided': ({ target, reason, parts }) => info('decided', { target, reason, parts }),
  'command.issued': ({ command }) => lineFrom(COMMAND_LINES, command),
  'frame.sent': frameLine,
  'frame.received': frameLine,
  'session.opened': ({ version }) => info('monitor connected', { version }),
  'session.lost': ({ reason }) => warning('monitor lost', { reason }),
  'hypervisor.failed': ({ reason }) => warning('hypervisor failed', { reason }),
  'metrics.failed': ({ reason }) => warning('metrics failed', { reason }),
  'request.overdue': () => warning('no ScaleRequest', { waitedMs: FIRST_REQUEST_WAIT_MS }),
  'answer.overdue': () => warning('answer overdue', { retryMs: REQUEST_REST_MS }),
};

/** Null for what happens all the time. */
export const agentLine = (event: AgentInput | AgentOutput): EventLine | null => {
  if (event.type === 'agent.started') return null;
  const line = lineFrom<VmEvent>(VM_LINES, event);
  return line === null ? null : { ...line, fields: { vm: event.vm, ...line.fields } };
};
