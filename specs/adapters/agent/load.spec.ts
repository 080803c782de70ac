/** Settings of the agent, from the command line and from a file. */
import { loadAgentSettings } from '../../../adapters/agent/load';
import { GIB } from '../../../machines/shared/units';
import { leftOf, rightOf } from '../../support/either';
import { surroundings } from '../../support/environment';

const HERE = surroundings();
const withFile = (content: object): typeof HERE => ({ ...HERE, readTextFile: () => JSON.stringify(content) });
const ONE = ['--monitor', 'ws://10.0.0.5:10301/monitor'];

it('the n-th values of the lists belong to the n-th monitor', () => {
  const { setup, places } = rightOf(
    loadAgentSettings(
      [
        ...ONE,
        ...['--monitor', 'ws://10.0.0.6:10301/monitor', '--vm', 'one', '--qmp', 'none', '--qmp', '/run/two.qmp'],
        ...['--metrics-url', 'http://10.0.0.5:9100/metrics', '--capacity', '8,32GiB'],
      ],
      HERE,
    ),
  ).config;
  expect(places).toMatchObject([
    { name: 'one', qmp: null, metricsUrl: 'http://10.0.0.5:9100/metrics', initial: { cpu: 0.25, mem: GIB } },
    { name: '10.0.0.6:10301', qmp: '/run/two.qmp', metricsUrl: null },
  ]);
  // A VM without a hypervisor is bounded by the capacity, the other by its hypervisor.
  expect(setup.vms.map(({ sizing }) => sizing.max)).toEqual([{ cpu: 8, mem: 32 * GIB }, null]);
});

it('a file names VMs with bounds of their own, and the command line wins over it', () => {
  const file = {
    capacity: '4,16GiB',
    minSize: '0.5,2GiB',
    vms: [
      { monitor: 'ws://a:1/monitor', name: 'a', maxSize: '2,8GiB' },
      { monitor: 'ws://b:1/monitor', qmp: '/run/b' },
    ],
  };
  const { setup, places } = rightOf(
    loadAgentSettings(['--config', '/x.json', '--capacity', '8,32GiB'], withFile(file)),
  ).config;
  expect(setup.capacity).toEqual({ cpu: 8, mem: 32 * GIB });
  expect(setup.reserve).toEqual({ cpu: 0, mem: 0 });
  expect(places.map(({ name }) => name)).toEqual(['a', 'b:1']);
  expect(setup.vms[0]?.sizing).toMatchObject({ min: { cpu: 0.5, mem: 2 * GIB }, max: { cpu: 2, mem: 8 * GIB } });
});

it.each([
  ['for 16 VMs two units are kept for those at risk', 16, [], 2],
  ['or as many as are said', 16, ['--reserve-units', '0'], 0],
] as const)('%s', (_what, count, flags, units) => {
  const vms = Array.from({ length: count }, (_, index) => ['--monitor', `ws://10.0.1.${index}:10301/monitor`]).flat();
  const { setup } = rightOf(loadAgentSettings([...vms, '--capacity', '8,32GiB', ...flags], HERE)).config;
  expect(setup.reserve).toEqual({ cpu: units / 4, mem: units * GIB });
});

it('its log lies beside that of a monitor, not in it', () => {
  const { eventLogDir } = rightOf(loadAgentSettings([...ONE, '--capacity', '1,4GiB'], HERE)).config;
  expect(eventLogDir).toMatch(/\/vm-monitor\/agent$/);
});

it.each([
  [[], {}, '--monitor: expected at least one, such as ws://127.0.0.1:10301/monitor'],
  [[...ONE, '--qmp', '/a', '--qmp', '/b'], {}, 'qmp: more values than --monitor has'],
  [[...ONE, ...ONE, '--capacity', '1,4GiB'], {}, '--vm "10.0.0.5:10301": expected another name for each VM'],
  [[...ONE, '--size', '1'], {}, '--size: unknown, allowed are --monitor, '],
  [[...ONE, '--vm', 'a b'], {}, '--vm "a b": expected a name of up to 64'],
  [[...ONE, '--metrics-url', 'ftp://x'], {}, '--metrics-url "ftp://x": expected an address such as http://'],
  [[...ONE, '--min-size', '2,8GiB', '--max-size', '1,4GiB'], {}, 'minSize of 10.0.0.5:10301: expected no more than'],
  [['--config', '/x'], { vms: {} }, 'vms in /x: expected an array of VMs'],
  [['--config', '/x'], { vms: [3] }, 'vms[0] in /x: expected an object'],
  [['--config', '/x'], { vms: [{ monitor: 7 }] }, 'monitor of vms[0] in /x "7": expected a websocket address'],
  [['--config', '/x'], { vms: [{ url: '' }] }, 'url of vms[0] in /x: unknown, allowed are monitor, name, '],
  [['--config', '/x'], { monitor: 'ws://x' }, 'monitor in /x: unknown, allowed are capacity, '],
])('%j with %j is refused in one line', (args, file, message) => {
  const problem = leftOf(loadAgentSettings(args, withFile(file)));
  expect(problem).toContain(message);
  expect(problem).not.toContain('\n');
});
