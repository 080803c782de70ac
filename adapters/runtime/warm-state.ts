/**
 * What a starting monitor still knows: the newest segment is folded again, and then counts as a
 * restart within the same boot, or as another boot (rule R12). Whatever cannot be read is said and
 * costs only the memory of the past.
 */
import * as E from 'fp-ts/Either';
import type { Engine } from '../../machines/engine/engine';
import { continueFrom, engineFor, rebootFrom, restartFrom, saveState } from '../../machines/engine/save';
import { EngineSetup, type EngineState } from '../../machines/engine/state';
import type { Envelope, LogOpened } from '../../machines/events/envelope';
import { isOutput } from '../../machines/events/outputs';
import type { Recovered } from '../event-log/recover';

export interface Warm {
  readonly state: EngineState;
  /** `at` = boot clock + this. */
  readonly offsetMs: number;
  readonly notes: readonly string[];
}

interface Boot {
  readonly id: string;
  readonly nowMs: number;
}

/** The state at the end of the newest segment, in the saved form. */
const foldTail = async (opened: LogOpened, tail: AsyncIterable<Envelope>): Promise<E.Either<string, unknown>> => {
  const setup = EngineSetup.decode(opened.config['engine']);
  if (E.isLeft(setup)) return E.left('its configuration is not one that this build knows');
  const engine = engineFor(setup.right);
  const begun = opened.state === null ? E.right(engine.initial) : continueFrom(engine, opened.state);
  if (E.isLeft(begun)) return begun;
  let state = begun.right;
  for await (const { at, event } of tail) {
    if (event.type !== 'log.opened' && !isOutput(event)) state = engine.step(state, at, event).state;
  }
  return E.right(saveState(engine, state));
};

/** Within a boot time goes on by the boot clock; after another boot the log continues at last + 1. */
const offsetOf = ({ opened, openedAt, lastAt }: Recovered, boot: Boot): number => {
  if (opened === null) return lastAt === 0 ? -boot.nowMs : lastAt + 1 - boot.nowMs;
  const sameBoot = opened.bootId === boot.id;
  const at = sameBoot ? openedAt + boot.nowMs - opened.bootTimeMs : lastAt + 1;
  return Math.max(at, lastAt) - boot.nowMs;
};

/** Never rejects: without a usable past the monitor starts fresh and says why. */
export const warmState = async (engine: Engine, recovered: Recovered, boot: Boot): Promise<Warm> => {
  const { opened } = recovered;
  const offsetMs = offsetOf(recovered, boot);
  const fresh = (...notes: string[]): Warm => ({ state: engine.initial, offsetMs, notes });
  if (opened === null) return fresh();
  if (opened.role !== 'monitor') return fresh(`the log is that of an ${opened.role}; its state is not used`);
  try {
    const saved = await foldTail(opened, recovered.tail());
    const resume = opened.bootId === boot.id ? restartFrom : rebootFrom;
    const state = E.isLeft(saved) ? saved : resume(engine, saved.right);
    return E.isLeft(state) ? fresh(`the past is not used: ${state.left}`) : { state: state.right, offsetMs, notes: [] };
  } catch (error) {
    return fresh(`the past is not used: ${error instanceof Error ? error.message : String(error)}`);
  }
};
