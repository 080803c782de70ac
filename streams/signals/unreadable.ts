/** Samples in which nothing could be read. */
import { left } from 'fp-ts/Either';
import type { RawSample, RawSignals } from '../raw-sample';
import { SIGNAL_NAMES } from '.';

/** Each signal unreadable for the same reason. */
export const unreadableSignals = (reason: string): RawSignals =>
  // SIGNAL_NAMES are all keys of RawSignals.
  Object.fromEntries(SIGNAL_NAMES.map((name) => [name, left(reason)])) as RawSignals;

/** The sample of a moment in which the reader itself failed. */
export const unreadableSample = (reason: string): RawSample => ({
  ...unreadableSignals(reason),
  cgroupNamed: true,
  watch: left(reason),
});
