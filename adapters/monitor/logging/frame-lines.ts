/** What passed between agent and monitor, as log lines. Health checks are not logged. */
import * as E from 'fp-ts/Either';
import * as t from 'io-ts';
import { decodeFrame } from '../../../machines/shared/protocol/decode';
import type { AgentMessage } from '../../../machines/shared/protocol/messages';
import { fromWire } from '../../../machines/shared/protocol/wire-size';
import { info, warning, type EventLine } from '../../shared/logging/event-line';

const vmInfo = (message: Extract<AgentMessage, { type: 'VmInfo' }>): EventLine => {
  const { granted, min, max, unit, etaMs } = message;
  const sizes = Object.entries({ granted, min, max, unit }).flatMap(([name, size]) =>
    size === null ? [] : [[name, fromWire(size)] as const],
  );
  return info('VM info', { ...Object.fromEntries(sizes), ...(etaMs === null ? {} : { etaMs }) });
};

const messageLine = (message: AgentMessage): EventLine | null => {
  switch (message.type) {
    case 'UpscaleNotification':
      return info('granted', { granted: fromWire(message.granted) });
    case 'ScaleDenied':
      return warning('denied', { target: fromWire(message.target), reason: message.reason });
    case 'DownscaleRequest':
      return info('downscale requested', { target: fromWire(message.target) });
    case 'VmInfo':
      return vmInfo(message);
    case 'InvalidMessage':
    case 'InternalError':
      return warning('agent error', { answer: message.type, error: message.error });
    case 'HealthCheck':
      return null;
  }
};

/** @param text a frame of the agent */
export const receivedLine = (text: string): EventLine | null => {
  const message = decodeFrame(text);
  return E.isLeft(message) ? warning('bad frame', { reason: message.left.error }) : messageLine(message.right);
};

/** Our own frames, as far as they are logged. Sizes beyond 2^53 may lose their last digits here. */
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
      return info('requested', { requested: frame.target });
    case 'UpscaleRequest':
      return info('requested more memory');
    case 'DownscaleResult':
      return frame.Ok
        ? info('downscale approved', { status: frame.Status })
        : warning('downscale refused', { status: frame.Status });
    case 'InvalidMessage':
    case 'InternalError':
      return warning('answered with an error', { answer: frame.type, error: frame.error });
  }
};
