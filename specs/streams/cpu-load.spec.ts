import { left, right } from 'fp-ts/Either';
import { cpuLoad } from '../../streams/cpu-load';
import type { CpuTimes, RawSample } from '../../streams/raw-sample';
import { rawSample } from '../support/raw-samples';
import { expectReadings } from '../support/raw-steps';

const TIMES: CpuTimes = { busyMs: 1000, stealMs: 100, onlineCpus: 2, procsRunning: 4 };
const busy = (busyMs: number, change: Partial<RawSample> = {}): RawSample =>
  rawSample({
    stat: right({ ...TIMES, busyMs }),
    schedstat: right({ runDelayUs: busyMs * 300, timeslices: busyMs * 2, cpus: 2 }),
    ...change,
  });

const GAUGES = { procsRunning: 3, load1: 0.5, load5: 0.25 };

describe('the stream of CPU load', () => {
  it('has the times since the sample before, and the gauges from the first on', () => {
    const samples = { a: busy(1000), b: busy(1150), c: busy(1150) };
    const readings = {
      a: GAUGES,
      b: { ...GAUGES, busyMs: 150, stealMs: 0, runDelayMs: 45, timeslicesDelta: 300 },
      c: { ...GAUGES, busyMs: 0, stealMs: 0, runDelayMs: 0, timeslicesDelta: 0 },
    };
    expectReadings(cpuLoad, 'a-b-c|', samples, readings);
  });

  it('has no times after the counters went back', () => {
    expectReadings(cpuLoad, 'a-b|', { a: busy(1000), b: busy(10) }, { a: GAUGES, b: { ...GAUGES, stealMs: 0 } });
  });

  it('lacks the run delay while the number of CPUs changes', () => {
    const samples = {
      a: busy(1000),
      b: busy(1000, { schedstat: right({ runDelayUs: 900_000, timeslices: 4000, cpus: 3 }) }),
    };
    expectReadings(cpuLoad, 'a-b|', samples, { a: GAUGES, b: { ...GAUGES, busyMs: 0, stealMs: 0 } });
  });

  it('has the rest without the load averages, and nothing without the CPU times', () => {
    const samples = { a: busy(1000, { loadavg: left('gone') }), b: busy(1000, { stat: left('gone') }) };
    expectReadings(cpuLoad, 'a-b|', samples, { a: { procsRunning: 3 }, b: undefined });
  });
});
