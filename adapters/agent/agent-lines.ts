/** The agent's events as lines for people: each begins with the VM's name. Looks, timers and health checks pass unsaid. */
import * as t from 'io-ts';
import type { AgentCommand, AgentInput, AgentOutput } from '../../machines/agent/events';
import { Size } from '../../machines/shared/events/size';
import { formatBytes, formatCpu, formatSize } from '../../machines/shared/format';
import { info, warning, type EventLine } from '../shared/logging/event-line';

/** The frames that tell something, both ways. */
const Told = t.union([
  t.type({ type: t.literal('UpscaleNotification'), content: t.type({ granted: Size }) }),
  t.type({ type: t.literal('DownscaleRequest'), content: t.type({ target: Size }) }),
  t.type({ type: t.literal('ScaleDenied'), content: t.type({ reason: t.string }) }),
  t.type({ type: t.literal('VmInfo'), content: t.type({ granted: Size }) }),
  t.type({ type: t.literal('ScaleRequest'), target: Size }),
  t.type({ type: t.literal('UpscaleRequest') }),
  t.type({ type: t.literal('DownscaleResult'), Ok: t.boolean, Status: t.string }),
  t.type({ type: t.keyof({ InvalidMessage: null, InternalError: null }), error: t.string }),
]);

const readFrame = (text: string): t.TypeOf<typeof Told> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return Told.is(value) ? value : null;
  } catch {
    return null; // The core has answered it with InvalidMessage, which is said.
  }
};

const frameLine = (text: string): EventLine | null => {
  const frame = readFrame(text);
  if (frame === null) return null;
  switch (frame.type) {
    case 'ScaleRequest':
      return info(`the monitor requests ${formatSize(frame.target)}`);
    case 'UpscaleRequest':
      return info('the monitor asks for more memory');
    case 'UpscaleNotification':
      return info(`granted ${formatSize(frame.content.granted)}`);
    case 'DownscaleRequest':
      return info(`asking the monitor to shrink to ${formatSize(frame.content.target)}`);
    case 'DownscaleResult':
      return frame.Ok ? info(`the monitor agrees: ${frame.Status}`) : warning(`the monitor refuses: ${frame.Status}`);
    case 'ScaleDenied':
      return warning(`denied: ${frame.content.reason}`);
    case 'VmInfo':
      return info(`told the monitor: ${formatSize(frame.content.granted)}`);
    case 'InvalidMessage':
    case 'InternalError':
      // In our own frames it lies in the content and is not said twice.
      return warning(`the monitor answers ${frame.type}: ${frame.error}`);
  }
};

const commandLine = (command: AgentCommand): EventLine | null => {
  switch (command.type) {
    case 'hypervisor.requestMemory':
      return info(`asking the hypervisor for ${formatBytes(command.memBytes)} in all`);
    case 'hypervisor.requestCpu':
      return info(`asking the hypervisor for ${formatCpu(command.cpu)} in all`);
    case 'session.close':
      return warning(`closing the connection: ${command.reason}`);
    default:
      return null;
  }
};

const vmLine = (event: Exclude<AgentInput | AgentOutput, { type: 'agent.started' }>): EventLine | null => {
  switch (event.type) {
    case 'grant.decided':
      return info(`decided ${formatSize(event.target)}: ${event.reason}`);
    case 'command.issued':
      return commandLine(event.command);
    case 'frame.sent':
    case 'frame.received':
      return frameLine(event.text);
    case 'session.opened':
      return info(`connected to the monitor, protocol ${event.version}`);
    case 'session.lost':
      return warning(`monitor lost: ${event.reason}`);
    case 'hypervisor.failed':
      return warning(`hypervisor: ${event.reason}`);
    case 'metrics.failed':
      return warning(`metrics: ${event.reason}`);
    case 'request.overdue':
      return warning('no ScaleRequest for 30 s: the metrics decide again');
    case 'answer.overdue':
      return warning('the monitor does not answer; asked again in 3 s');
    default:
      return null;
  }
};

/** Null for what happens all the time. */
export const agentLine = (event: AgentInput | AgentOutput): EventLine | null => {
  if (event.type === 'agent.started') return null;
  const line = vmLine(event);
  return line === null ? null : { ...line, msg: `${event.vm}: ${line.msg}` };
};
