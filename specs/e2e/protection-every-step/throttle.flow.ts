/** Memory is about to end and no grant has come: the growers are held and shared memory is capped, until one comes. */
import { GIB, MIB } from '../../../machines/shared/units';
import { event, runFlow } from '../../support/monitor-flow';

runFlow({ options: { protect: 'full' }, availableBytes: 400 * MIB }, async ({ vm, agent, until, end }) => {
  vm.grows({ bytesPerS: 400 * MIB, sharedBytesPerS: 100 * MIB });
  await until(event('throttle.started'), event('shmCap.applied'));
  vm.rests();
  vm.plugs(GIB);
  agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: 4, mem: 2 * GIB } }, id: 2 });
  await until(event('throttle.ended'), event('shmCap.removed'));
  await end();
});
