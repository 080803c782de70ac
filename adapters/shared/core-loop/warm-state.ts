/**
 * What a starting core still knows: the newest segment is folded again, and then counts as a
 * restart within the same boot, or as another boot (rule R12). Whatever cannot be read is logged and
 * costs only the memory of the past.
 */
import * as E from 'fp-ts/Either';
import { errorText } from '../../../machines/shared/error-text';
import type { LogRole } from '../../../machines/shared/core/replay';
import type { Resumable } from '../../../machines/shared/core/core';
import { isHead, type LineOf, type LogOpened, type Typed } from '../../../machines/shared/events/envelope';
import type { Recovered } from '../event-log/recover';

export interface Warm<State> {
  readonly state: State;
  /** `at` = boot clock + this. */
  readonly offsetMs: number;
  readonly notes: readonly string[];
}

interface Boot {
  readonly id: string;
  readonly nowMs: number;
}

/** The state at the end of the newest segment, in the saved form. */
const foldTail = async <Input extends Typed, Output extends Typed>(
  role: LogRole<Input, Output>,
  opened: LogOpened,
  recovered: Recovered<LineOf<Input | Output | LogOpened>>,
): Promise<E.Either<string, unknown>> => {
  const folding = role.open(opened);
  if (E.isLeft(folding)) return folding;
  for await (const { at, event } of recovered.tail()) {
    if (!isHead(event) && !role.isOutput(event)) folding.right.fold(at, event);
  }
  return E.right(folding.right.saved());
};

/** Within a boot time goes on by the boot clock; after another boot the log continues at last + 1. */
const offsetOf = ({ opened, openedAt, lastAt }: Recovered<unknown>, boot: Boot): number => {
  if (opened === null) return lastAt === 0 ? -boot.nowMs : lastAt + 1 - boot.nowMs;
  const sameBoot = opened.bootId === boot.id;
  const at = sameBoot ? openedAt + boot.nowMs - opened.bootTimeMs : lastAt + 1;
  return Math.max(at, lastAt) - boot.nowMs;
};

/** Never rejects: without a usable past the core starts fresh and logs why. */
export const warmState = async <State, Input extends Typed, Output extends Typed>(
  role: LogRole<Input, Output>,
  core: Resumable<State>,
  recovered: Recovered<LineOf<Input | Output | LogOpened>>,
  boot: Boot,
): Promise<Warm<State>> => {
  const { opened } = recovered;
  const offsetMs = offsetOf(recovered, boot);
  const fresh = (...notes: string[]): Warm<State> => ({ state: core.initial, offsetMs, notes });
  if (opened === null) return fresh();
  if (opened.role !== role.name) return fresh(`the log is that of an ${opened.role}; its state is not used`);
  try {
    const saved = await foldTail(role, opened, recovered);
    const resume = opened.bootId === boot.id ? core.restartFrom : core.rebootFrom;
    const state = E.isLeft(saved) ? saved : resume(saved.right);
    return E.isLeft(state) ? fresh(`the past is not used: ${state.left}`) : { state: state.right, offsetMs, notes: [] };
  } catch (error) {
    return fresh(`the past is not used: ${errorText(error)}`);
  }
};
