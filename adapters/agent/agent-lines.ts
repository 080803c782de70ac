/** The agent's events as log lines, each with the VM's name. Looks, timers and health checks are not logged. */
import * as t from 'io-ts';
import type { AgentCommand, AgentInput, AgentOutput } from '../../machines/agent/events';
import { Size } from '../../machines/shared/events/size';
import { FIRST_REQUEST_WAIT_MS, REQUEST_REST_MS } from '../../machines/agent/timings';
import { info, warning, type EventLine } from '../shared/logging/event-line';

/** The frames that are logged, both ways. */
const Logged = t.union([
  t.type({ type: t.literal('UpscaleNotification'), content: t.type({ granted: Size }) }),
  t.type({ type: t.literal('DownscaleRequest'), content: t.type({ target: Size }) }),
  t.type({ type: t.literal('ScaleDenied'), content: t.type({ reason: t.string }) }),
  t.type({ type: t.literal('VmInfo'), content: t.type({ granted: Size }) }),
  t.type({ type: t.literal('ScaleRequest'), target: Size }),
  t.type({ type: t.literal('UpscaleRequest') }),
  t.type({ type: t.literal('DownscaleResult'), Ok: t.boolean, Status: t.string }),
  t.type({ type: t.keyof({ InvalidMessage: null, InternalError: null }), error: t.string }),
]);

const readFrame = (text: string): t.TypeOf<typeof Logged> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return Logged.is(value) ? value : null;
  } catch {
    return null; // The core has answered it with InvalidMessage, which is logged.
  }
};

const frameLine = (text: string): EventLine | null => {
  const frame = readFrame(text);
  if (frame === null) return null;
  switch (frame.type) {
    case 'ScaleRequest':
      return info('size requested', { requested: frame.target });
    case 'UpscaleRequest':
      return info('more memory requested');
    case 'UpscaleNotification':
      return info('granted', { granted: frame.content.granted });
    case 'DownscaleRequest':
      return info('requesting downscale', { target: frame.content.target });
    case 'DownscaleResult':
      return frame.Ok
        ? info('downscale approved', { status: frame.Status })
        : warning('downscale refused', { status: frame.Status });
    case 'ScaleDenied':
      return warning('denied', { reason: frame.content.reason });
    case 'VmInfo':
      return info('VM info', { granted: frame.content.granted });
    case 'InvalidMessage':
    case 'InternalError':
      // In our own frames it lies in the content and is not logged twice.
      return warning('monitor error', { answer: frame.type, error: frame.error });
  }
};

const commandLine = (command: AgentCommand): EventLine | null => {
  switch (command.type) {
    case 'hypervisor.requestMemory':
      return info('requesting memory', { totalBytes: command.memBytes });
    case 'hypervisor.requestCpu':
      return info('requesting CPUs', { vcpus: command.cpu });
    case 'session.close':
      return warning('closing connection', { reason: command.reason });
    default:
      return null;
  }
};

const vmLine = (event: Exclude<AgentInput | AgentOutput, { type: 'agent.started' }>): EventLine | null => {
  switch (event.type) {
    case 'grant.decided':
      return info('decided', { target: event.target, reason: event.reason, parts: event.parts });
    case 'command.issued':
      return commandLine(event.command);
    case 'frame.sent':
    case 'frame.received':
      return frameLine(event.text);
    case 'session.opened':
      return info('monitor connected', { version: event.version });
    case 'session.lost':
      return warning('monitor lost', { reason: event.reason });
    case 'hypervisor.failed':
      return warning('hypervisor failed', { reason: event.reason });
    case 'metrics.failed':
      return warning('metrics failed', { reason: event.reason });
    case 'request.overdue':
      return warning('no ScaleRequest', { waitedMs: FIRST_REQUEST_WAIT_MS });
    case 'answer.overdue':
      return warning('answer overdue', { retryMs: REQUEST_REST_MS });
    default:
      return null;
  }
};

/** Null for what happens all the time. */
export const agentLine = (event: AgentInput | AgentOutput): EventLine | null => {
  if (event.type === 'agent.started') return null;
  const line = vmLine(event);
  return line === null ? null : { ...line, fields: { vm: event.vm, ...line.fields } };
};
