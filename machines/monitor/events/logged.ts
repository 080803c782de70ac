/** A line of a monitor's log. */
import * as t from 'io-ts';
import { envelopeOf, LogOpened } from '../../shared/events/envelope';
import { InputEvent } from './inputs';
import { OutputEvent } from './outputs';

export const LoggedEvent = t.union([InputEvent, OutputEvent, LogOpened]);
export type LoggedEvent = t.TypeOf<typeof LoggedEvent>;

export const Envelope = envelopeOf(LoggedEvent);
export type Envelope = t.TypeOf<typeof Envelope>;
