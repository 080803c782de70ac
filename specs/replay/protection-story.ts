/**
 * The golden story of protection, told without a kernel, since no fake tree can slow a process down: a
 * ramp arms the tripwire, a burst runs into it, is held, and is let go when the grant has come.
 */
import { MIB, SECOND_MS } from '../../machines/shared/units';
import { units } from '../support/chart-events';
import { Story } from '../support/scenario';

/** One beat a tenth of a second, so that the log stays small. */
const ramp = (told: Story, samples: number, bytesPerBeat: number): void => {
  for (let i = 0; i < samples; i += 1) {
    told
      .waits(100)
      .has({ useBytes: told.vm.useBytes + bytesPerBeat })
      .beat();
  }
};

export const tellProtection = (): Story => {
  const told = new Story({ statechart: { protect: 'throttle' } }).has({ size: units(2) }).connects('1.1');
  for (let second = 0; second < 3; second += 1) told.waits(SECOND_MS).beat();
  ramp(told, 10, 20 * MIB);
  // A burst between two beats.
  told.waits(50).has({ useBytes: (told.vm.highBytes ?? 0) - told.vm.cacheBytes + 100 * MIB });
  told.actuators.reflex();
  told.beat().input({ type: 'memory.high.reached', count: 1 });
  // Held: the allowance, and then nothing grows any more.
  ramp(told, 4, 4 * MIB);
  ramp(told, 15, 0);
  told.has({ size: units(4) }).say('UpscaleNotification', { granted: units(4) });
  ramp(told, 5, 0);
  return told;
};
