/** The actors of protection: from a command to the hand that does it, and its outcome. */
import * as E from 'fp-ts/Either';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import type { Command } from '../../../machines/monitor/events/outputs';
import type { ProtectionHands } from '../protection/actuators';
import { effectActor, type EffectActors } from './effects';

type ProtectionCommand = Exclude<
  Command['type'],
  'connection.close' | 'cpus.apply' | 'fileCache.connect' | 'fileCache.resize'
>;

/** The statechart asks for nothing where protection is off; this says so all the same. */
const OFF: E.Either<string, never> = E.left('protection is off (--protect observe, or no --cgroup)');

type Failure = 'tripwire.failed' | 'limits.failed' | 'hold.failed' | 'sharedMemory.failed' | 'statement.failed';

/** Right: what the hand says, as an outcome. Left: a failure, which is an event too. */
const outcome = <A>(
  id: number,
  failure: Failure,
  done: E.Either<string, A>,
  event: (right: A) => InputEvent,
): InputEvent => (E.isLeft(done) ? { type: failure, id, reason: done.left } : event(done.right));

/** @param hands null: nothing may be written */
export const protectionActors = (hands: ProtectionHands | null): Pick<EffectActors, ProtectionCommand> => ({
  'tripwire.arm': effectActor(async ({ id, command }) =>
    outcome(id, 'tripwire.failed', await (hands?.limits.armTripwire(command.highBytes) ?? OFF), ({ highBytes }) => ({
      type: 'tripwire.armed',
      id,
      highBytes,
    })),
  ),
  'tripwire.lift': effectActor(async ({ id }) =>
    outcome(id, 'tripwire.failed', await (hands?.limits.liftTripwire() ?? OFF), ({ armedMs }) => ({
      type: 'tripwire.lifted',
      id,
      armedMs: Math.round(armedMs),
    })),
  ),
  'limits.apply': effectActor(async ({ id, command }) =>
    outcome(id, 'limits.failed', await (hands?.limits.setHardLimit(command.hardLimitBytes) ?? OFF), () => ({
      type: 'limits.applied',
      id,
    })),
  ),
  'hold.start': effectActor(async ({ id, command }) =>
    outcome(id, 'hold.failed', await (hands?.hold.start(command) ?? OFF), ({ processes }) => ({
      type: 'hold.started',
      id,
      processes,
    })),
  ),
  'hold.end': effectActor(async ({ id }) =>
    outcome(id, 'hold.failed', await (hands?.hold.end() ?? OFF), ({ heldMs }) => ({
      type: 'hold.ended',
      id,
      heldMs,
    })),
  ),
  'sharedMemory.cap': effectActor(async ({ id }) =>
    outcome(id, 'sharedMemory.failed', await (hands?.sharedMemory.cap() ?? OFF), ({ capBytes }) => ({
      type: 'sharedMemory.capped',
      id,
      capBytes,
    })),
  ),
  'sharedMemory.restore': effectActor(async ({ id }) =>
    outcome(id, 'sharedMemory.failed', await (hands?.sharedMemory.restore() ?? OFF), ({ cappedMs }) => ({
      type: 'sharedMemory.restored',
      id,
      cappedMs,
    })),
  ),
  'statement.cancel': effectActor(async ({ id }) =>
    outcome(id, 'statement.failed', await (hands?.canceller.cancel() ?? OFF), ({ pid, anonBytes }) => ({
      type: 'statement.cancelled',
      id,
      pid,
      rssBytes: anonBytes,
    })),
  ),
});
