/** A grant comes while the tripwire and the hard limit stand: they go, and the limit is set anew. */
import { GIB, MIB } from '../../../machines/shared/units';
import { event, runFlow, sent } from '../../support/monitor-flow';

runFlow(
  { options: { protect: 'tripwire', hardLimit: true }, availableBytes: 400 * MIB },
  async ({ vm, agent, until, end }) => {
    vm.grows({ bytesPerS: 60 * MIB });
    await until(event('limits.applied'), event('tripwire.armed'));
    // So slowly that nothing has to move, and enough to be told on every beat; at rest the growth would be forgotten.
    vm.grows({ bytesPerS: 8 * MIB });
    // What the fast growth has set in motion is done then.
    await until(event('sample.taken'));
    await until(event('sample.taken'));
    agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: 8, mem: 4 * GIB } }, id: 2 });
    await until(event('frame.received'));
    vm.plugs(3 * GIB);
    // Where the machine is so busy that the growth is over before the grant is heard, the tripwire is gone already.
    await until(sent('UpscaleConfirmation'), event('limits.applied'));
    await until(event('limits.applied'));
    await end();
  },
);
