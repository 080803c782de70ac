/** The core throws while limits stand: they go first, then `done` rejects (rule R3). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filter, firstValueFrom, map, tap } from 'rxjs';
import { startMonitor, type Monitor } from '../../../adapters/embedding/start-monitor';
import type { Engine } from '../../../machines/monitor/engine/engine';
import type * as save from '../../../machines/monitor/engine/save';
import type { EngineSetup } from '../../../machines/monitor/engine/state';
import { MIB } from '../../../machines/shared/units';
import type { KernelTree } from '../../support/fake-kernel-tree';
import { GrowingVm } from '../../support/growing-vm';
import { optionsFor, stopMonitors, testTree } from '../../support/monitor';

let isBroken = false;

/** The real engine, until it breaks. */
jest.mock('../../../machines/monitor/engine/save', () => {
  const real = jest.requireActual<typeof save>('../../../machines/monitor/engine/save');
  const engineFor = (setup: EngineSetup): Engine => {
    const engine = real.engineFor(setup);
    const step: Engine['step'] = (...input) => {
      if (isBroken) throw new Error('a broken invariant');
      return engine.step(...input);
    };
    return { ...engine, step };
  };
  return { ...real, engineFor };
});

afterEach(stopMonitors);

const limitsOf = ({ cgroupRoot, cgroup }: KernelTree): readonly string[] =>
  ['memory.high', 'memory.max'].map((file) => readFileSync(join(cgroupRoot, cgroup, file), 'utf8').trim());

/** Until both limits stand. */
const untilLimited = async (monitor: Monitor, vm: GrowingVm): Promise<void> => {
  vm.grows({ bytesPerS: 60 * MIB });
  const limited = monitor.events.pipe(
    tap(({ event }) => {
      if (event.type === 'sample.taken') vm.passes(event.elapsedMs);
    }),
    map(() => monitor.snapshot().regions),
    filter(({ tripwire, limits }) => tripwire === 'armed' && limits === 'set'),
  );
  await firstValueFrom(limited);
  vm.rests();
};

it('a core that breaks leaves no limit, and the monitor says so by its done', async () => {
  const tree = testTree();
  const vm = new GrowingVm(tree, 400 * MIB);
  const stopping = new AbortController();
  const monitor = await startMonitor({ ...optionsFor(tree), hardLimit: true, eventLog: 'none' }, stopping.signal);
  try {
    await untilLimited(monitor, vm);
    expect(limitsOf(tree)).not.toContain('max');
    isBroken = true;
    await expect(monitor.done).rejects.toThrow('a broken invariant');
    expect(limitsOf(tree)).toEqual(['max', 'max']);
  } finally {
    stopping.abort();
  }
});
