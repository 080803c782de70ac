/** The actors of protection: from a command to the actuator that carries it out, and its outcome. */
import * as E from 'fp-ts/Either';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import type { Command } from '../../../machines/monitor/events/outputs';
import type { ProtectionActuators } from '../protection/actuators';
import { effectActor, type EffectActors } from './effects';

type ProtectionCommand = Exclude<
  Command['type'],
  'connection.close' | 'cpus.apply' | 'fileCache.connect' | 'fileCache.resize'
>;

/** The statechart asks for nothing where protection is off; this fails all the same. */
const OFF: E.Either<string, never> = E.left('protection is off (--protect observe, or no --cgroup)');

type Failure = 'tripwire.failed' | 'limits.failed' | 'throttle.failed' | 'shmCap.failed' | 'statement.failed';

/** Right: what the actuator reports, as an outcome. Left: a failure, which is an event too. */
const outcome = <A>(
  id: number,
  failure: Failure,
  done: E.Either<string, A>,
  event: (right: A) => InputEvent,
): InputEvent => (E.isLeft(done) ? { type: failure, id, reason: done.left } : event(done.right));

/** @param actuators null: nothing may be written */
export const protectionActors = (actuators: ProtectionActuators | null): Pick<EffectActors, ProtectionCommand> => ({
  'tripwire.arm': effectActor(async ({ id, command }) =>
    outcome(id, 'tripwire.failed', await (actuators?.limits.armTripwire(command.highBytes) ?? OFF), (done) => ({
      type: 'tripwire.armed',
      id,
      ...done,
    })),
  ),
  'tripwire.lift': effectActor(async ({ id }) =>
    outcome(id, 'tripwire.failed', await (actuators?.limits.liftTripwire() ?? OFF), ({ armedMs }) => ({
      type: 'tripwire.lifted',
      id,
      armedMs: Math.round(armedMs),
    })),
  ),
  'limits.apply': effectActor(async ({ id, command }) =>
    outcome(id, 'limits.failed', await (actuators?.limits.setHardLimit(command.hardLimitBytes) ?? OFF), () => ({
      type: 'limits.applied',
      id,
    })),
  ),
  'throttle.start': effectActor(async ({ id, command }) =>
    outcome(id, 'throttle.failed', await (actuators?.throttle.start(command) ?? OFF), ({ processes }) => ({
      type: 'throttle.started',
      id,
      processes,
    })),
  ),
  'throttle.end': effectActor(async ({ id }) =>
    outcome(id, 'throttle.failed', await (actuators?.throttle.end() ?? OFF), (done) => ({
      type: 'throttle.ended',
      id,
      ...done,
    })),
  ),
  'shmCap.apply': effectActor(async ({ id }) =>
    outcome(id, 'shmCap.failed', await (actuators?.shmCap.apply() ?? OFF), (done) => ({
      type: 'shmCap.applied',
      id,
      ...done,
    })),
  ),
  'shmCap.remove': effectActor(async ({ id }) =>
    outcome(id, 'shmCap.failed', await (actuators?.shmCap.remove() ?? OFF), (done) => ({
      type: 'shmCap.removed',
      id,
      ...done,
    })),
  ),
  'statement.cancel': effectActor(async ({ id }) =>
    outcome(id, 'statement.failed', await (actuators?.canceller.cancel() ?? OFF), ({ pid, anonBytes }) => ({
      type: 'statement.cancelled',
      id,
      pid,
      rssBytes: anonBytes,
    })),
  ),
});
