/** Between the wire and a VM's statechart: what the monitor's frames mean, and how ours are written. */
import * as E from 'fp-ts/Either';
import type { Size } from '../shared/events/size';
import { readMonitorFrame, type MonitorFrame } from '../shared/protocol/monitor-frames';
import type { MonitorMessageEvent } from './statechart-events';

/** Agent → monitor; the payload lies in `content`. */
export type AgentFrame = { readonly id: number } & (
  | { readonly type: 'UpscaleNotification'; readonly content: { readonly granted: Size } }
  | { readonly type: 'DownscaleRequest'; readonly content: { readonly target: Size } }
  | { readonly type: 'ScaleDenied'; readonly content: { readonly target: Size; readonly reason: string } }
  | {
      readonly type: 'VmInfo';
      readonly content: { readonly granted: Size; readonly min: Size; readonly max: Size; readonly unit: Size };
    }
  | { readonly type: 'InvalidMessage'; readonly content: { readonly error: string } }
  | { readonly type: 'HealthCheck'; readonly content: Readonly<Record<string, never>> }
);

/** In the order of keys of the reference agent. */
export const encodeAgentFrame = ({ content, type, id }: AgentFrame): string => JSON.stringify({ content, type, id });

const meaningOf = (frame: MonitorFrame): MonitorMessageEvent => {
  switch (frame.type) {
    case 'ScaleRequest':
      return { type: 'request.received', target: frame.target, floor: frame.floor, withinMs: frame.withinMs };
    case 'UpscaleRequest':
      return { type: 'upscale.asked' };
    case 'UpscaleConfirmation':
      return { type: 'upscale.confirmed', id: frame.id };
    case 'DownscaleResult':
      return { type: 'downscale.answered', id: frame.id, ok: frame.Ok, status: frame.Status };
    case 'InternalError':
    case 'InvalidMessage':
      return { type: 'request.failed', id: frame.id, error: frame.error };
    case 'HealthCheck':
      return { type: 'health.answered' };
  }
};

/** Sizes that are no sizes (negative, or not finite) are not requested. */
const isSize = ({ cpu, mem }: Size): boolean => cpu >= 0 && mem >= 0 && Number.isFinite(cpu) && Number.isFinite(mem);

/** Never fails: what cannot be read is an event too. */
export const receiveFrame = (text: string): MonitorMessageEvent => {
  const frame = readMonitorFrame(text);
  if (E.isLeft(frame)) return { type: 'frame.unreadable', error: frame.left };
  const message = meaningOf(frame.right);
  return message.type === 'request.received' && !isSize(message.target)
    ? { type: 'frame.unreadable', error: 'a ScaleRequest for what is no size' }
    : message;
};
