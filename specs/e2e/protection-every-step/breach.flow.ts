/** Use grows, the tripwire is armed and trips, and more is asked for. */
import { MIB } from '../../../machines/shared/units';
import { event, runFlow, sent } from '../../support/monitor-flow';

runFlow({ options: { protect: 'tripwire' }, availableBytes: 400 * MIB }, async ({ vm, until, end }) => {
  vm.grows({ bytesPerS: 60 * MIB });
  await until(event('tripwire.armed'));
  vm.rests();
  vm.reachesHigh(300 * MIB);
  await until(event('memory.high.reached'));
  await until(sent('ScaleRequest'));
  await end();
});
