/** From a command of protection to the actuator that carries it out, and its outcome. */
import * as E from 'fp-ts/Either';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import type { Command } from '../../../machines/monitor/events/outputs';
import type { ProtectionActuators } from '../protection/actuators';

export type ProtectionCommand = Exclude<
  Command,
  { type: 'connection.close' | 'cpus.apply' | 'fileCache.connect' | 'fileCache.resize' }
>;

/** The statechart asks for nothing where protection is off; this fails all the same. */
const OFF = 'protection is off (--protect observe, or no --cgroup)';

const FAILURE = {
  'tripwire.arm': 'tripwire.failed',
  'tripwire.lift': 'tripwire.failed',
  'limits.apply': 'limits.failed',
  'throttle.start': 'throttle.failed',
  'throttle.end': 'throttle.failed',
  'shmCap.apply': 'shmCap.failed',
  'shmCap.remove': 'shmCap.failed',
  'statement.cancel': 'statement.failed',
} as const satisfies Record<ProtectionCommand['type'], InputEvent['type']>;

/** @param actuators null: nothing may be written */
export const protectionOutcome = async (
  actuators: ProtectionActuators | null,
  id: number,
  command: ProtectionCommand,
): Promise<InputEvent> => {
  /** Right: what the actuator reports, as an outcome. Left: a failure, which is an event too. */
  const ended = <A>(done: E.Either<string, A>, event: (right: A) => InputEvent): InputEvent =>
    E.isLeft(done) ? { type: FAILURE[command.type], id, reason: done.left } : event(done.right);

  if (actuators === null) return { type: FAILURE[command.type], id, reason: OFF };
  const { limits, throttle, shmCap, canceller } = actuators;
  switch (command.type) {
    case 'tripwire.arm':
      return ended(await limits.armTripwire(command.highBytes), (done) => ({ type: 'tripwire.armed', id, ...done }));
    case 'tripwire.lift':
      return ended(await limits.liftTripwire(), ({ armedMs }) => ({
        type: 'tripwire.lifted',
        id,
        armedMs: Math.round(armedMs),
      }));
    case 'limits.apply':
      return ended(await limits.setHardLimit(command.hardLimitBytes), () => ({ type: 'limits.applied', id }));
    case 'throttle.start':
      return ended(await throttle.start(command), ({ processes }) => ({ type: 'throttle.started', id, processes }));
    case 'throttle.end':
      return ended(await throttle.end(), (done) => ({ type: 'throttle.ended', id, ...done }));
    case 'shmCap.apply':
      return ended(await shmCap.apply(), (done) => ({ type: 'shmCap.applied', id, ...done }));
    case 'shmCap.remove':
      return ended(await shmCap.remove(), (done) => ({ type: 'shmCap.removed', id, ...done }));
    case 'statement.cancel':
      return ended(await canceller.cancel(), ({ pid, anonBytes: rssBytes }) => ({
        type: 'statement.cancelled',
        id,
        pid,
        rssBytes,
      }));
  }
};
