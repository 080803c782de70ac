/** What the monitor receives from the kernel: samples, notifications, and that somebody else writes our limits. */
import { Subscription } from 'rxjs';
import type { EngineState } from '../../../machines/monitor/engine/state';
import type { SampleTaken, InputEvent } from '../../../machines/monitor/events/inputs';
import { type SampleInputs, samples } from '../../../streams/samples';
import { NO_OWN_LIMITS } from '../kernel/cgroup-levels';
import { monotonicScheduler } from '../kernel/monotonic-scheduler';
import type { KernelSources } from '../kernel/sources';
import type { Protection, ProtectionActuators } from '../protection';

export interface SensesParts {
  readonly kernel: KernelSources;
  readonly protection: Protection;
  readonly pace: Pick<SampleInputs, 'sampleNow$' | 'intervalMs' | 'intervalChanged$'>;
  readonly emit: (event: InputEvent) => void;
  readonly state: () => EngineState;
  readonly fail: (error: unknown) => void;
}

/** The readings show a memory.high that we did not set: the actuators look closely, and emit what they find. */
const watchLimits = (actuators: ProtectionActuators, state: () => EngineState): ((sample: SampleTaken) => void) => {
  let seenBytes: number | null = null;
  return ({ readings }) => {
    const highBytes = readings.cgroup?.highBytes ?? null;
    const hasChanged = highBytes !== seenBytes;
    seenBytes = highBytes;
    if (hasChanged && highBytes !== state().statechart.context.tripwire.armedBytes) actuators.checkForeign();
  };
};

/** Until the subscription that it returns is given up. */
export const startSenses = ({ kernel, protection, pace, emit, state, fail }: SensesParts): Subscription => {
  const { actuators } = protection;
  const subscription = new Subscription();
  const lookAtLimits = actuators === null ? null : watchLimits(actuators, state);
  subscription.add(protection.events.subscribe(emit));
  // Before the streams see it: the limit is lifted first, then looked at.
  subscription.add(
    kernel.notifications.subscribe(() => {
      const armedMs = actuators?.limits.reflex() ?? null;
      if (armedMs !== null) emit({ type: 'tripwire.tripped', armedMs: Math.round(armedMs) });
    }),
  );
  // While processes are throttled, what they take is charged to the throttle cgroup.
  const beside = (): string | null =>
    state().statechart.context.throttle.since === null ? null : protection.throttleCgroup;
  const read = (nowMs: number) =>
    kernel.read(nowMs, { beside: beside(), limits: actuators?.limits.noted ?? NO_OWN_LIMITS });
  const inputs = { read, notifications$: kernel.notifications, ...pace };
  subscription.add(
    samples(inputs, monotonicScheduler).subscribe({
      next: (event) => {
        emit(event);
        if (event.type === 'sample.taken') lookAtLimits?.(event);
      },
      error: fail,
    }),
  );
  return subscription;
};
