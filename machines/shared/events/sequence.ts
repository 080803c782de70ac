/** Checks that seq grows by 1 without gaps, across segments and restarts. */
import { headIn, type AnyEnvelope } from './envelope';

/** Says what is wrong with the next envelope, or null. */
export type SequenceCheck = (envelope: AnyEnvelope) => string | null;

/**
 * The first envelope may bear any seq: older segments are removed at the bound. Later ones follow
 * the last by 1; only log.opened with `resumedAfter` may skip numbers, those of a failed write.
 */
export const createSequenceCheck = (): SequenceCheck => {
  let last: number | null = null;

  const problemOf = (envelope: AnyEnvelope): string | null => {
    const { seq } = envelope;
    const resumedAfter = headIn(envelope)?.resumedAfter;
    if (!Number.isSafeInteger(seq) || seq < 1) return `seq ${seq} is not a whole number from 1`;
    if (last === null || seq === last + 1) return null;
    if (seq <= last) return `seq ${seq} follows ${last}: a line is repeated`;
    if (resumedAfter === undefined) return `seq ${seq} follows ${last}: a line is missing`;
    return resumedAfter === last ? null : `log.opened resumes after seq ${resumedAfter}, but the last one is ${last}`;
  };

  return (envelope) => {
    const problem = problemOf(envelope);
    last = envelope.seq;
    return problem;
  };
};
