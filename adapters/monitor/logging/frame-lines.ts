/** What passed between agent and monitor, as one line for people. Health checks pass unsaid. */
import * as E from 'fp-ts/Either';
import * as t from 'io-ts';
import { formatSize } from '../../../machines/shared/format';
import { decodeFrame } from '../../../machines/shared/protocol/decode';
import type { AgentMessage, WireSize } from '../../../machines/shared/protocol/messages';
import { fromWire } from '../../../machines/shared/protocol/wire-size';
import { info, warning, type EventLine } from '../../shared/logging/event-line';

const wire = (size: WireSize): string => formatSize(fromWire(size));

const vmInfo = (message: Extract<AgentMessage, { type: 'VmInfo' }>): string => {
  const { granted, min, max, unit, etaMs } = message;
  const sizes = Object.entries({ granted, min, max, unit }).flatMap(([name, size]) =>
    size === null ? [] : [`${name} ${wire(size)}`],
  );
  return `the agent says: ${[...sizes, ...(etaMs === null ? [] : [`a grant takes ${etaMs} ms`])].join('; ')}`;
};

const messageLine = (message: AgentMessage): EventLine | null => {
  switch (message.type) {
    case 'UpscaleNotification':
      return info(`granted ${wire(message.granted)}`);
    case 'ScaleDenied':
      return warning(`denied ${wire(message.target)}: ${message.reason}`);
    case 'DownscaleRequest':
      return info(`the agent wants to shrink to ${wire(message.target)}`);
    case 'VmInfo':
      return info(vmInfo(message));
    case 'InvalidMessage':
    case 'InternalError':
      return warning(`the agent answers ${message.type}: ${message.error}`);
    case 'HealthCheck':
      return null;
  }
};

/** @param text a frame of the agent */
export const receivedLine = (text: string): EventLine | null => {
  const message = decodeFrame(text);
  return E.isLeft(message) ? warning(`bad frame from the agent: ${message.left.error}`) : messageLine(message.right);
};

/** Our own frames, as far as they tell something. Sizes beyond 2^53 may lose their last digits here. */
const Sent = t.union([
  t.type({ type: t.literal('ScaleRequest'), target: t.type({ cpu: t.number, mem: t.number }) }),
  t.type({ type: t.literal('UpscaleRequest') }),
  t.type({ type: t.literal('DownscaleResult'), Ok: t.boolean, Status: t.string }),
  t.type({ type: t.keyof({ InvalidMessage: null, InternalError: null }), error: t.string }),
]);

/** @param text a frame of ours, so it is JSON */
export const sentLine = (text: string): EventLine | null => {
  const frame: unknown = JSON.parse(text);
  if (!Sent.is(frame)) return null;
  switch (frame.type) {
    case 'ScaleRequest':
      return info(`asked for ${formatSize(frame.target)}`);
    case 'UpscaleRequest':
      return info('asked for more memory');
    case 'DownscaleResult':
      return frame.Ok ? info(`agreed to shrink: ${frame.Status}`) : warning(`refused to shrink: ${frame.Status}`);
    case 'InvalidMessage':
    case 'InternalError':
      return warning(`answered ${frame.type}: ${frame.error}`);
  }
};
