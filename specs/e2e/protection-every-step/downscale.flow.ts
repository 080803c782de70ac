/** A shrink is asked for while the hard limit stands: it is allowed, and the limit follows. */
import { MIB } from '../../../machines/shared/units';
import { event, runFlow, sent } from '../../support/monitor-flow';

runFlow(
  { options: { protect: 'tripwire', hardLimit: true }, availableBytes: 700 * MIB },
  async ({ vm, agent, until, end }) => {
    await until(event('limits.applied'));
    agent.send({ type: 'DownscaleRequest', content: { target: { cpu: 1, mem: 512 * MIB } }, id: 2 });
    await until(sent('DownscaleResult', '"Ok":true'));
    vm.plugs(-512 * MIB);
    await until(event('limits.applied'));
    await end();
  },
);
