/** How a monitor's log is folded again; the rest is machines/shared/core/replay.ts. */
import * as E from 'fp-ts/Either';
import { foldingFrom, Replay, type Folding, type LogRole } from '../../shared/core/replay';
import type { DecisionOf } from '../../shared/core/replay-tally';
import { Envelope } from '../events/logged';
import { type LogOpened } from '../../shared/events/envelope';
import type { InputEvent } from '../events/inputs';
import { isOutput, type OutputEvent } from '../events/outputs';
import type { Engine } from './engine';
import { continueFrom, engineFor, saveState } from './save';
import { EngineSetup, type EngineState } from './state';

interface Opened {
  readonly engine: Engine;
  readonly begun: EngineState;
}

/** The engine that wrote a log, in the state that the head bears. Left: why this build cannot use it. */
export const openEngine = (head: LogOpened): E.Either<string, Opened> => {
  const setup = EngineSetup.decode(head.config['engine']);
  if (E.isLeft(setup)) return E.left('log.opened has no configuration that this build knows');
  const engine = engineFor(setup.right);
  const begun = head.state === null ? E.right(engine.initial) : continueFrom(engine, head.state);
  return E.map((state: EngineState) => ({ engine, begun: state }))(begun);
};

const open = (head: LogOpened): E.Either<string, Folding<InputEvent, OutputEvent>> =>
  E.map(({ engine, begun }: Opened) => foldingFrom(engine, (state) => saveState(engine, state), begun))(
    openEngine(head),
  );

/** The log of a monitor. */
export const MONITOR_LOG: LogRole<InputEvent, OutputEvent> = { name: 'monitor', line: Envelope, isOutput, open };

export const sizeDecision: DecisionOf<OutputEvent> = (output) =>
  output.type === 'size.decided' ? { desired: output.desired, reason: output.reason } : null;

/** @param build ours, to mark what another build has decided */
export const monitorReplay = (build: string): Replay<InputEvent, OutputEvent> => new Replay(MONITOR_LOG, build);
