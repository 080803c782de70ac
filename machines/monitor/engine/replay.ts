/** How a monitor's log is folded again; the rest is machines/shared/core/replay.ts. */
import * as E from 'fp-ts/Either';
import { foldingFrom, Replay, type Folding, type LogRole } from '../../shared/core/replay';
import { Envelope } from '../events/logged';
import { type LogOpened } from '../../shared/events/envelope';
import type { InputEvent } from '../events/inputs';
import { isOutput, type OutputEvent } from '../events/outputs';
import { continueFrom, engineFor, saveState } from './save';
import { EngineSetup, type EngineState } from './state';

const open = (head: LogOpened): E.Either<string, Folding<InputEvent, OutputEvent>> => {
  const setup = EngineSetup.decode(head.config['engine']);
  if (E.isLeft(setup)) return E.left('log.opened has no configuration that this build knows');
  const engine = engineFor(setup.right);
  return E.map((begun: EngineState) => foldingFrom(engine, (state) => saveState(engine, state), begun))(
    head.state === null ? E.right(engine.initial) : continueFrom(engine, head.state),
  );
};

/** The log of a monitor. */
export const MONITOR_LOG: LogRole<InputEvent, OutputEvent> = { name: 'monitor', line: Envelope, isOutput, open };

/** @param build ours, to mark what another build has decided */
export const monitorReplay = (build: string): Replay<InputEvent, OutputEvent> => new Replay(MONITOR_LOG, build);
