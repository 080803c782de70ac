/** What the region `cpus` asks of the actuators, and when it tries again. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import type { StatechartEvent } from '../../../../machines/monitor/statechart/events';
import { CHART_CONFIG, context, stepFrom } from '../../../support/chart';
import { AT, SAMPLES, units } from '../../../support/chart-events';

const FOUR = { count: 4, surplus: 'keep' } as const;
const NONE = { wanted: null, applied: null, online: null, failures: 0 };

const having = (differences: Partial<MonitorContext>): MonitorContext =>
  context({ config: { ...CHART_CONFIG, fileCache: 'absent', hotplugCpus: true }, ...differences });

const commands = (state: 'absent' | 'applied' | 'failing', from: MonitorContext, event: StatechartEvent): unknown[] =>
  stepFrom('cpus', state, from, event).outputs.flatMap((output) =>
    output.type === 'command.issued' && output.command.type === 'cpus.apply' ? [output.command] : [],
  );

const upscale = (cpu: number): StatechartEvent => ({ ...SAMPLES['upscale.notified'], granted: { ...units(1), cpu } });
const downscale = (cpu: number): StatechartEvent => ({
  ...SAMPLES['downscale.approved'],
  target: { ...units(1), cpu },
});

const started = SAMPLES['monitor.started'];
const settled = having({ cpus: { wanted: FOUR, applied: FOUR, online: 4, failures: 0 } });

describe('at a start', () => {
  it('without --hotplug-cpus nothing is touched', () => {
    expect(commands('absent', context(), started)).toEqual([]);
  });

  it('brings all CPUs online that are there when no grant is known', () => {
    expect(commands('absent', having({ granted: null, cpus: NONE }), started)).toEqual([
      { type: 'cpus.apply', count: null, surplus: 'keep' },
    ]);
  });

  it('brings online what is granted, and takes none offline, because the grant may have been a guess', () => {
    expect(commands('absent', having({ granted: { ...units(1), cpu: 1.25 }, cpus: NONE }), started)).toEqual([
      { type: 'cpus.apply', count: 2, surplus: 'keep' },
    ]);
  });
});

describe('a size', () => {
  it('that grows brings as many online as the next whole number, and keeps those above', () => {
    expect(commands('applied', settled, upscale(4.25))).toEqual([{ type: 'cpus.apply', count: 5, surplus: 'keep' }]);
  });

  it('that was approved to shrink takes the surplus offline', () => {
    expect(commands('applied', settled, downscale(1.5))).toEqual([
      { type: 'cpus.apply', count: 2, surplus: 'offline' },
    ]);
  });

  it('of a fraction of a CPU still leaves one', () => {
    expect(commands('applied', settled, downscale(0.25))).toMatchObject([{ count: 1 }]);
  });

  it('that needs the same CPUs as before asks for nothing', () => {
    expect(commands('applied', settled, upscale(3.5))).toEqual([]);
  });

  it('that the agent leaves open in VmInfo asks for nothing', () => {
    expect(commands('applied', settled, { ...SAMPLES['vm.informed'], granted: null })).toEqual([]);
  });

  it('that is refused leaves all CPUs as they are', () => {
    const refused = { ...SAMPLES['downscale.requested'], check: { ok: false, status: 'too small' } };
    expect(commands('applied', settled, refused)).toEqual([]);
  });
});

describe('what is not there yet', () => {
  const retryMs = (failures: number): number | undefined => {
    const from = having({ cpus: { wanted: FOUR, applied: FOUR, online: null, failures } });
    const timer = stepFrom('cpus', 'applying', from, SAMPLES['cpus.failed']).timers[0];
    return timer?.kind === 'set' ? timer.delayMs : undefined;
  };

  it('is tried again after 1, 2, 4 … 30 s', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map(retryMs)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('is asked for anew with what is wanted by then', () => {
    const from = having({ cpus: { wanted: FOUR, applied: FOUR, online: null, failures: 3 } });
    expect(commands('failing', from, { type: 'cpus.retry.due', at: AT })).toEqual([{ type: 'cpus.apply', ...FOUR }]);
  });

  it('makes the back-off short again once it is there', () => {
    const from = having({ cpus: { wanted: FOUR, applied: FOUR, online: null, failures: 3 } });
    const { cpus } = stepFrom('cpus', 'applying', from, SAMPLES['cpus.applied']).snapshot.context;
    expect(cpus).toEqual({ wanted: FOUR, applied: FOUR, online: 4, failures: 0 });
  });
});
