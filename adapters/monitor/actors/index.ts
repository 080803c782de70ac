/** What the actors of a running monitor do. */
import * as E from 'fp-ts/Either';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import type { AgentLink } from '../agent-link';
import type { FileCache, NotOffered } from '../postgres';
import type { GuestCpus } from '../guest-cpus';
import type { ProtectionActuators } from '../protection/actuators';
import type { Work } from './effects';
import { protectionOutcome } from './protection';

const NO_CACHE = E.left('no Postgres is named (--pgconnstr)');

/** The outcome of a command to the file cache. */
const cacheOutcome = <Done extends object>(
  id: number,
  outcome: E.Either<string, Done | NotOffered>,
  done: (result: Done) => InputEvent,
): InputEvent => {
  if (E.isLeft(outcome)) return { type: 'fileCache.failed', id, reason: outcome.left };
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

export const workOn =
  ({ link, fileCache, actuators, guestCpus }: ActorParts): Work =>
  async (id, command, signal) => {
    switch (command.type) {
      case 'connection.close':
        link.close(command.conn, command.code, command.reason);
        return null;
      case 'cpus.apply': {
        const applied = await guestCpus.apply(command);
        return E.isLeft(applied)
          ? { type: 'cpus.failed', id, reason: applied.left }
          : { type: 'cpus.applied', id, online: applied.right };
      }
      case 'fileCache.connect': {
        const connected = (await fileCache?.connect(signal)) ?? NO_CACHE;
        return cacheOutcome(id, connected, ({ maxBytes }) => ({ type: 'fileCache.connected', id, maxBytes }));
      }
      case 'fileCache.resize': {
        const resized = (await fileCache?.resize(command.sizeBytes, signal)) ?? NO_CACHE;
        return cacheOutcome(id, resized, ({ sizeBytes }) => ({ type: 'fileCache.resized', id, sizeBytes }));
      }
      default:
        return protectionOutcome(actuators, id, command);
    }
  };
