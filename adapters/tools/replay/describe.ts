/** A divergence as one line for people. */
import type { Divergence } from '../../../machines/shared/core/replay';

const text = (value: unknown): string => (value === null ? 'nothing' : JSON.stringify(value));

export const describeDivergence = ({ seq, kind, expected, logged }: Divergence<unknown>): string =>
  kind === 'missing'
    ? `before seq ${seq} the log lacks ${text(expected)}`
    : `at seq ${seq} the fold gives ${text(expected)}, the log says ${text(logged)}`;
