/** The actors of a running monitor. */
import * as E from 'fp-ts/Either';
import type { AgentLink } from '../agent-link';
import type { FileCache, NotOffered } from '../postgres';
import type { GuestCpus } from '../guest-cpus';
import type { ProtectionActuators } from '../protection/actuators';
import { effectActor, type EffectActors, type Outcome } from './effects';
import { protectionActors } from './protection';

const failed = (id: number, reason: string): Outcome => ({ type: 'fileCache.failed', id, reason });

const NO_CACHE = 'no Postgres is named (--pgconnstr)';

/** The outcome of a command to the file cache. */
const cacheOutcome = <Done extends object>(
  id: number,
  outcome: E.Either<string, Done | NotOffered>,
  done: (result: Done) => Outcome,
): Outcome => {
  if (E.isLeft(outcome)) return failed(id, outcome.left);
  return 'notOffered' in outcome.right
    ? { type: 'fileCache.notOffered', id, reason: outcome.right.notOffered }
    : done(outcome.right);
};

/** What the actors act on. */
export interface ActorParts {
  readonly link: AgentLink;
  /** Null: none is to be sized, and the statechart's region is absent. */
  readonly fileCache: FileCache | null;
  /** Null: nothing may be written, and the regions of protection only observe. */
  readonly actuators: ProtectionActuators | null;
  readonly guestCpus: GuestCpus;
}

export const createActors = ({ link, fileCache, actuators, guestCpus }: ActorParts): EffectActors => ({
  ...protectionActors(actuators),
  'connection.close': effectActor(({ command }) => {
    link.close(command.conn, command.code, command.reason);
    return Promise.resolve(null);
  }),
  'cpus.apply': effectActor(async ({ id, command }) => {
    const applied = await guestCpus.apply(command);
    return E.isLeft(applied)
      ? { type: 'cpus.failed', id, reason: applied.left }
      : { type: 'cpus.applied', id, online: applied.right };
  }),
  'fileCache.connect': effectActor(async ({ id }, signal) => {
    if (fileCache === null) return failed(id, NO_CACHE);
    const connected = await fileCache.connect(signal);
    return cacheOutcome(id, connected, ({ maxBytes }) => ({ type: 'fileCache.connected', id, maxBytes }));
  }),
  'fileCache.resize': effectActor(async ({ id, command }, signal) => {
    if (fileCache === null) return failed(id, NO_CACHE);
    const resized = await fileCache.resize(command.sizeBytes, signal);
    return cacheOutcome(id, resized, ({ sizeBytes }) => ({ type: 'fileCache.resized', id, sizeBytes }));
  }),
});
