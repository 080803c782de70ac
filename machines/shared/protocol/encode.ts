/** Monitor → agent: payload fields stand at the top level beside `type` and `id`, without `content`. */
import { LosslessNumber, stringify } from 'lossless-json';
import type { Digits, MonitorMessage, WireSize } from './messages';

/**
 * Longest text within a frame. Escaped, a character takes at most 6 bytes, so a frame stays under
 * 32 KiB, the read limit of the agent's websocket library.
 */
export const MAX_TEXT_CHARS = 4096;

const integer = (digits: Digits): LosslessNumber => new LosslessNumber(digits);

const size = ({ cpu, mem }: WireSize): object => ({ cpu, mem: integer(mem) });

const bounded = (text: string): string => text.slice(0, MAX_TEXT_CHARS);

/** The fields between `type` and `id`, in the order of the reference. */
const payload = (message: MonitorMessage): object => {
  switch (message.type) {
    case 'DownscaleResult':
      return { Ok: message.ok, Status: bounded(message.status) };
    case 'InvalidMessage':
    case 'InternalError':
      return { error: bounded(message.error) };
    case 'ScaleRequest':
      return {
        target: size(message.target),
        ...(message.floor === undefined ? {} : { floor: size(message.floor) }),
        ...(message.withinMs === undefined ? {} : { withinMs: message.withinMs }),
      };
    case 'UpscaleConfirmation':
    case 'HealthCheck':
    case 'UpscaleRequest':
      return {};
  }
};

/**
 * The text of one frame; ids and mem are bare integer literals, digit for digit.
 *
 * @throws if an id or mem of ours is not a number.
 */
export const encodeFrame = (message: MonitorMessage): string => {
  const text = stringify({ type: message.type, ...payload(message), id: integer(message.id) });
  if (text === undefined) throw new Error(`a ${message.type} has no JSON form`);
  return text;
};
