/** From what stands in a log to events. Throws TypeError: what is wrong and what was expected. */
import * as E from 'fp-ts/Either';
import type * as t from 'io-ts';
import { AgentLine, AgentLogged } from '../agent/events';
import { Envelope, LoggedEvent } from '../monitor/events/logged';
import { decodeEnvelope, decodeValue, parseText } from '../shared/events/decode';
import type { AnyEnvelope } from '../shared/events/envelope';

const orWrong = <A>(decoded: E.Either<string, A>): A => {
  if (E.isLeft(decoded)) throw new TypeError(decoded.left);
  return decoded.right;
};

const jsonOf = (value: unknown): unknown => (typeof value === 'string' ? orWrong(parseText(value)) : value);

const isLine = (json: unknown): boolean => typeof json === 'object' && json !== null && 'event' in json;

const eventOf =
  <Event>(line: t.Type<AnyEnvelope & { readonly event: Event }>, event: t.Type<Event>) =>
  (value: unknown): Event => {
    const json = jsonOf(value);
    return isLine(json) ? orWrong(decodeEnvelope(line, json)).event : orWrong(decodeValue(event, json));
  };

/** A line of a monitor's log, as text or as an object: `{ v, seq, at, event }`, its event in the words of today. */
export const decodeLine = (line: unknown): Envelope => orWrong(decodeEnvelope(Envelope, jsonOf(line)));
export const decodeAgentLine = (line: unknown): AgentLine => orWrong(decodeEnvelope(AgentLine, jsonOf(line)));

/** An event of a monitor: alone or in its line, as text or as an object. */
export const decodeEvent: (event: unknown) => LoggedEvent = eventOf(Envelope, LoggedEvent);
export const decodeAgentEvent: (event: unknown) => AgentLogged = eventOf(AgentLine, AgentLogged);
