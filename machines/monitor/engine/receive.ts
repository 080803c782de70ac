/** From a frame of the agent to what the statechart understands. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import type { AgentMessageEvent } from '../statechart/events';
import type { Size } from '../../shared/events/size';
import { decodeFrame } from '../../shared/protocol/decode';
import { boundedError } from '../../shared/protocol/explain';
import type { AgentMessage, FrameError, WireSize } from '../../shared/protocol/messages';
import { fromWire } from '../../shared/protocol/wire-size';
import { judgeDownscale } from './judge-downscale';
import type { Domain } from './state';

const sizeOrNull = (size: WireSize | null): Size | null => (size === null ? null : fromWire(size));

const malformed = ({ id, error }: FrameError): AgentMessageEvent => ({ type: 'frame.malformed', id, error });

const downscaleRequested = (
  at: number,
  domain: Domain,
  { id, target }: Extract<AgentMessage, { type: 'DownscaleRequest' }>,
): AgentMessageEvent => {
  const [size, targetDigits] = [fromWire(target), target.mem];
  const check = judgeDownscale(at, domain, size, targetDigits);
  return { type: 'downscale.requested', id, target: size, targetDigits, check };
};

const meaning = (at: number, domain: Domain, message: AgentMessage): AgentMessageEvent => {
  const { id } = message;
  switch (message.type) {
    case 'UpscaleNotification':
      return { type: 'upscale.notified', id, granted: fromWire(message.granted) };
    case 'DownscaleRequest':
      return downscaleRequested(at, domain, message);
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
  frame: { readonly text: string; readonly binary?: true },
): AgentMessageEvent =>
  frame.binary === true
    ? malformed({ id: '0', error: 'binary frame; expected one JSON object as text' })
    : pipe(
        decodeFrame(frame.text),
        E.match(malformed, (message) => meaning(at, domain, message)),
      );
