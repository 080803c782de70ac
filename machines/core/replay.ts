/** Replays a log that is there as text (rule R1). `vm-monitor replay` does the same for files, and checks their checksums. */
import * as E from 'fp-ts/Either';
import { AGENT_LOG, grantDecision } from '../agent/replay';
import { MONITOR_LOG, sizeDecision } from '../monitor/engine/replay';
import { BUILD_ID } from '../shared/build-id';
import { ReplayError, type Divergence, type LogRole } from '../shared/core/replay';
import { ReplayTally, type DecisionOf, type LoggedDecision, type ReplayCounts } from '../shared/core/replay-tally';
import { decodeEnvelope, parseText } from '../shared/events/decode';
import { envelopeOf, LogOpened, type Typed } from '../shared/events/envelope';
import { createSequenceCheck } from '../shared/events/sequence';

/** A log that differs from the first decision on has one for each line: these show why. The counts have all. */
const MAX_DIFFERENCES = 1000;

export interface CoreReplay extends ReplayCounts {
  /** Each decision of the fold, in order. */
  readonly decided: readonly LoggedDecision[];
  /** Where the fold differs from the log; the first 1000. */
  readonly differences: readonly Divergence<unknown>[];
}

interface Numbered {
  readonly line: number;
  readonly text: string;
}

/** Counted from 1. A text whose last line has no end was torn while it was written, and readers leave that one out. */
const numbered = (lines: string | Iterable<string>): readonly Numbered[] => {
  const texts = typeof lines === 'string' ? lines.split('\n').slice(0, -1) : [...lines];
  return texts.map((text, index) => ({ line: index + 1, text })).filter(({ text }) => text.trim() !== '');
};

const wrong = (line: number, reason: string): ReplayError => new ReplayError(`line ${line}: ${reason}`);

const parsed = ({ line, text }: Numbered): unknown => {
  const json = parseText(text);
  if (E.isLeft(json)) throw wrong(line, json.left);
  return json.right;
};

const fold = <Input extends Typed, Output extends Typed>(
  lines: readonly Numbered[],
  role: LogRole<Input, Output>,
  decisionOf: DecisionOf<Output>,
): CoreReplay => {
  const tally = new ReplayTally(role, decisionOf, BUILD_ID);
  const inSequence = createSequenceCheck();
  const decided: LoggedDecision[] = [];
  const differences: Divergence<unknown>[] = [];
  for (const each of lines) {
    const envelope = decodeEnvelope(role.line, parsed(each));
    if (E.isLeft(envelope)) throw wrong(each.line, envelope.left);
    const fault = inSequence(envelope.right);
    if (fault !== null) throw wrong(each.line, fault);
    const { decision, divergences } = tally.take(envelope.right);
    if (decision !== null) decided.push(decision);
    differences.push(...divergences.slice(0, MAX_DIFFERENCES - differences.length));
  }
  return { ...tally.counts, decided, differences };
};

const HeadLine = envelopeOf(LogOpened);

/**
 * Folds a log and compares each output. Throws ReplayError, with the number of the line, for what cannot be read.
 *
 * @param lines of a log from the head of a segment on, in their order: one by one, or as one text
 */
export const replay = (lines: string | Iterable<string>): CoreReplay => {
  const all = numbered(lines);
  const [first] = all;
  if (first === undefined) throw new ReplayError('the log holds no whole line');
  const head = decodeEnvelope(HeadLine, parsed(first));
  if (E.isLeft(head)) throw wrong(first.line, `a segment begins with log.opened: ${head.left}`);
  return head.right.event.role === 'agent' ? fold(all, AGENT_LOG, grantDecision) : fold(all, MONITOR_LOG, sizeDecision);
};
