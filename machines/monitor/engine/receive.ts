/** From a frame of the agent to what the statechart understands. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { fileCacheBytes } from '../statechart/cache-size';
import type { MonitorContext } from '../statechart/context';
import type { AgentMessageEvent } from '../statechart/events';
import type { Size } from '../../shared/events/size';
import { decodeFrame } from '../../shared/protocol/decode';
import { boundedError } from '../../shared/protocol/explain';
import type { AgentMessage, FrameError, WireSize } from '../../shared/protocol/messages';
import { fromWire } from '../../shared/protocol/wire-size';
import { sizeHolding } from '../memory/ladder';
import { dirtyBytes, useBytes } from '../memory/use';
import { MIB } from '../../shared/units';
import { judgeDownscale } from './judge-downscale';
import { fileCacheUseBytes } from './observe';
import type { Domain } from './state';

const sizeOrNull = (size: WireSize | null): Size | null => (size === null ? null : fromWire(size));

const malformed = ({ id, error }: FrameError): AgentMessageEvent => ({ type: 'frame.malformed', id, error });

/**
 * What the file cache may keep in a VM of the target's size: what fits such a VM, and in memory no more than is left there
 * beside what Postgres uses without it.
 */
const cacheLeftBytes = (domain: Domain, context: MonitorContext, target: Size): number => {
  const { readings, bootReserveBytes } = domain;
  const fits = fileCacheBytes(context.config, target.mem);
  const [use, cached] = [useBytes(readings), fileCacheUseBytes(domain, context)];
  if (use === null || cached === null) return fits;
  const left = target.mem - sizeHolding('recommended', use - cached + (bootReserveBytes ?? 0) + dirtyBytes(readings));
  return Math.min(fits, Math.max(0, Math.floor(left / MIB) * MIB));
};

const downscaleRequested = (
  at: number,
  domain: Domain,
  context: MonitorContext,
  { id, target }: Extract<AgentMessage, { type: 'DownscaleRequest' }>,
): AgentMessageEvent => {
  const [size, targetDigits] = [fromWire(target), target.mem];
  const cacheBytes = cacheLeftBytes(domain, context, size);
  const releasedBytes = Math.max(0, (fileCacheUseBytes(domain, context) ?? 0) - cacheBytes);
  const check = judgeDownscale(at, domain, size, targetDigits, releasedBytes);
  return { type: 'downscale.requested', id, target: size, targetDigits, check, cacheBytes };
};

const meaning = (at: number, domain: Domain, context: MonitorContext, message: AgentMessage): AgentMessageEvent => {
  const { id } = message;
  switch (message.type) {
    case 'UpscaleNotification':
      return { type: 'upscale.notified', id, granted: fromWire(message.granted) };
    case 'DownscaleRequest':
      return downscaleRequested(at, domain, context, message);
    case 'HealthCheck':
      return { type: 'health.checked', id };
    case 'InvalidMessage':
      return { type: 'request.rejected', id, error: message.error };
    case 'InternalError':
      return { type: 'agent.failed', id, error: message.error };
    case 'ScaleDenied':
      return { type: 'scale.denied', target: fromWire(message.target), reason: boundedError(message.reason) };
    case 'VmInfo':
      return {
        type: 'vm.informed',
        granted: sizeOrNull(message.granted),
        max: sizeOrNull(message.max),
        etaMs: message.etaMs,
      };
  }
};

/** What a frame says, answered with what is known at `at`. */
export const receive = (
  at: number,
  domain: Domain,
  context: MonitorContext,
  frame: { readonly text: string; readonly binary?: true },
): AgentMessageEvent =>
  frame.binary === true
    ? malformed({ id: '0', error: 'binary frame; expected one JSON object as text' })
    : pipe(
        decodeFrame(frame.text),
        E.match(malformed, (message) => meaning(at, domain, context, message)),
      );
