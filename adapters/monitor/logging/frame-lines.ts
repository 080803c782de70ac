/** What passed between agent and monitor, as log lines. Health checks are not logged. */
import * as E from 'fp-ts/Either';
import { decodeFrame } from '../../../machines/shared/protocol/decode';
import type { AgentMessage } from '../../../machines/shared/protocol/messages';
import { readMonitorFrame, type MonitorFrame } from '../../../machines/shared/protocol/monitor-frames';
import { fromWire } from '../../../machines/shared/protocol/wire-size';
import { info, warning, type EventLine } from '../../shared/logging/event-line';
import { lineFrom, type LineTable } from '../../shared/logging/line-table';

const vmInfo = ({ granted, min, max, unit, etaMs }: Extract<AgentMessage, { type: 'VmInfo' }>): EventLine => {
  const sizes = Object.entries({ granted, min, max, unit }).flatMap(([name, size]) =>
    size === null ? [] : [[name, fromWire(size)] as const],
  );
  return info('VM info', { ...Object.fromEntries(sizes), ...(etaMs === null ? {} : { etaMs }) });
};

const agentError = ({ type, error }: Extract<AgentMessage, { error: string }>): EventLine =>
  warning('agent error', { answer: type, error });

const RECEIVED: LineTable<AgentMessage> = {
  UpscaleNotification: ({ granted }) => info('granted', { granted: fromWire(granted) }),
  ScaleDenied: ({ target, reason }) => warning('denied', { target: fromWire(target), reason }),
  DownscaleRequest: ({ target }) => info('downscale requested', { target: fromWire(target) }),
  VmInfo: vmInfo,
  InvalidMessage: agentError,
  InternalError: agentError,
  HealthCheck: null,
};

/** @param text a frame of the agent */
export const receivedLine = (text: string): EventLine | null => {
  const message = decodeFrame(text);
  return E.isLeft(message) ? warning('bad frame', { reason: message.left.error }) : lineFrom(RECEIVED, message.right);
};

const ourError = ({ type, error }: Extract<MonitorFrame, { error: string }>): EventLine =>
  warning('answered with an error', { answer: type, error });

const SENT: LineTable<MonitorFrame> = {
  ScaleRequest: ({ target }) => info('requested', { requested: target }),
  UpscaleRequest: () => info('requested more memory'),
  DownscaleResult: ({ Ok, Status: status }) =>
    Ok ? info('downscale approved', { status }) : warning('downscale refused', { status }),
  InvalidMessage: ourError,
  InternalError: ourError,
  UpscaleConfirmation: null,
  HealthCheck: null,
};

/** @param text a frame of ours */
export const sentLine = (text: string): EventLine | null => {
  const frame = readMonitorFrame(text);
  return E.isLeft(frame) ? null : lineFrom(SENT, frame.right);
};
