/** The monitor's core as a program in JavaScript meets it. */
import {
  createMonitorCore,
  openMonitorLog,
  type MonitorCore,
  type MonitorCoreOptions,
  type MonitorCoreState,
} from '../../../machines/core';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import type { Readings } from '../../../machines/monitor/events/readings';
import { monitorMachine } from '../../../machines/monitor/statechart/monitor.machine';
import { GIB, MIB } from '../../../machines/shared/units';

const readings = (usedBytes: number): Readings => {
  const totalBytes = 4 * GIB - 100 * MIB;
  const availableBytes = totalBytes - usedBytes;
  const rest = { freeBytes: availableBytes, cachedBytes: 0, shmemBytes: 0, dirtyBytes: 0, writebackBytes: 0 };
  return {
    memory: { totalBytes, availableBytes, ...rest },
    cpu: { onlineCpus: 1, procsRunning: 0, busyMs: 10, stealMs: 0 },
  };
};

const sample = (usedBytes: number, elapsedMs = 100): InputEvent => ({
  type: 'sample.taken',
  elapsedMs,
  skippedSamples: 0,
  readings: readings(usedBytes),
});

/** The state after the inputs, 100 ms apart. */
const after = (core: MonitorCore, ...inputs: readonly InputEvent[]): MonitorCoreState =>
  inputs.reduce((state, input, index) => core.step(state, index * 100, input).state, core.initial);

const CONNECTED: InputEvent = { type: 'agent.connected', conn: 'c', peer: 'nobody', version: '1.1' };

describe('options', () => {
  it('are texts as in the configuration file, and have its defaults', () => {
    const plain = createMonitorCore().initial.statechart.context.config;
    expect(plain).toEqual({
      scaleRequests: 'auto',
      sizeFrom: 'kernel',
      hotplugCpus: false,
      fileCache: 'absent',
      protect: 'tripwire',
      hardLimit: false,
      throttleMaxMs: 5000,
    });
    const given = { protect: 'full', hardLimit: 'true', throttleMaxMs: 100, hotplugCpus: true, fileCache: 'disk' };
    expect(createMonitorCore(given).initial.statechart.context.config).toEqual({
      ...plain,
      ...{ protect: 'full', hardLimit: true, throttleMaxMs: 100, hotplugCpus: true, fileCache: 'disk' },
    });
  });

  it('decide: the same memory is another size in other units and bounds', () => {
    const decided = (options: Parameters<typeof createMonitorCore>[0]): unknown => {
      const core = createMonitorCore(options);
      const { outputs } = core.step(after(core, { type: 'monitor.started' }), 100, sample(1 * GIB, 0));
      return outputs.find(({ type }) => type === 'size.decided');
    };
    expect(decided({ computeUnit: '0.5,2GiB' })).toMatchObject({ desired: { cpu: 1, mem: 4 * GIB } });
    expect(decided({ minSize: '2,8GiB', policy: 'sliding-max' })).toMatchObject({ desired: { cpu: 2, mem: 8 * GIB } });
  });

  const BAD: readonly (readonly [options: MonitorCoreOptions & Readonly<Record<string, unknown>>, line: RegExp])[] = [
    [{ minsize: '1,1GiB' }, /^minsize: unknown, allowed are policy, prefer, computeUnit, .*; did you mean minSize\?$/],
    [{ computeUnit: '1GiB' }, /^computeUnit "1GiB": expected CPU,MEM such as 0\.25,1GiB/],
    [{ policy: 'best' }, /^policy "best": expected one of headroom, goal-cu, sliding-max$/],
    [{ fileCache: 'ssd' }, /^fileCache "ssd": expected one of absent, memory, disk$/],
    [{ throttleMaxMs: 30_001 }, /^throttleMaxMs "30001": expected a whole number from 0 to 30000 ms$/],
    [{ minSize: '5,1GiB', maxSize: '4,16GiB' }, /^minSize "5,1GiB": expected no more than the largest size/],
    [{ hotplugCpus: true, sizeFrom: 'agent' }, /^hotplugCpus "true": expected off/],
  ];

  it.each(BAD)('that are bad are refused in one line: %j', (options, line) => {
    const create = (): unknown => createMonitorCore(options);
    expect(create).toThrow(RangeError);
    expect(create).toThrow(line);
  });
});

describe('a core', () => {
  const core = createMonitorCore({ maxSize: '4,16GiB' });

  it('decides, asks, and sets timers that come back by their names', () => {
    const state = after(core, { type: 'monitor.started' }, CONNECTED);
    const first = core.step(state, 300, sample(1 * GIB, 0));
    expect(first.outputs).toMatchObject([{ type: 'size.decided' }]);
    expect(core.step(core.initial, 0, CONNECTED).timers).toContainEqual({
      kind: 'set',
      id: 'quiet',
      name: 'quiet.over',
      delayMs: 100,
    });
    const { outputs } = core.step(first.state, 400, { type: 'quiet.over' });
    expect(outputs).toMatchObject([{ type: 'frame.sent', conn: 'c' }]);
  });

  it('gives the same from a state twice, and leaves it as it was', () => {
    const state = after(core, { type: 'monitor.started' }, CONNECTED, sample(1 * GIB, 0));
    const before = JSON.stringify(state);
    const once = core.step(state, 500, sample(3 * GIB));
    expect(core.step(state, 500, sample(3 * GIB))).toEqual(once);
    expect(JSON.stringify(state)).toBe(before);
  });

  it('says why, from the first decision on', () => {
    expect(core.explain(core.initial)).toEqual({
      why: 'nothing is decided yet',
      whyNotSmaller: 'nothing is decided yet',
      whyNotLarger: 'nothing is decided yet',
    });
    const state = after(core, CONNECTED, sample(1 * GIB, 0));
    expect(core.explain(state).why).toMatch(/^memory: /);
    const blind = after(core, CONNECTED, sample(1 * GIB, 0), { type: 'source.lost', source: 'proc.stat', reason: 'x' });
    expect(blind.notes.missing).toEqual(['proc.stat']);
    expect(core.explain({ ...blind, domain: { ...blind.domain } }).whyNotSmaller).not.toBe('');
  });

  it('wants samples more often where memory grows', () => {
    expect(core.sampleIntervalMs(core.initial, 0)).toBe(100);
    const growing = Array.from({ length: 30 }, (_, n) => sample(1.5 * GIB + n * 64 * MIB));
    expect(core.sampleIntervalMs(after(core, CONNECTED, ...growing), 3100)).toBeLessThan(100);
  });

  it('shows its statechart', () => {
    expect(core.machine).toBe(monitorMachine);
  });
});

it('the core of a log begins with the state of its head, and refuses a head that is not of its kind', () => {
  const head = { type: 'log.opened', role: 'monitor', wallClock: '', bootId: '', bootTimeMs: 0, build: '' } as const;
  const engine = { policy: 'headroom', engine: { sizing: {}, statechart: {} } };
  const open = (): unknown => openMonitorLog({ ...head, config: { engine }, state: null });
  expect(open).toThrow(RangeError);
  expect(open).toThrow('log.opened has no configuration that this build knows');
});
