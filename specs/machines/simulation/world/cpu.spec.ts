/** CPUs of a modelled VM, against what was measured and what queueing theory says. */
import { VmCpus, type CpuRules } from '../../../../machines/simulation/world/cpu';
import { BusyLoad } from '../../../../machines/simulation/world/load/busy';
import type { Load, WorldStep } from '../../../../machines/simulation/world/load/load';
import { RandomServiceLoad } from '../../../../machines/simulation/world/load/random-service';
import { flatShape } from '../../../../machines/simulation/world/load/shape';
import { ShapedLoad } from '../../../../machines/simulation/world/load/shaped-load';
import { mulberry32 } from '../../../support/prng';

const RULES: CpuRules = { stealShare: 0, quotaShare: 1, showsSteal: true };

/** Serves for so long, in steps of 100 ms. */
const serve = (cpus: VmCpus, loads: readonly Load[], seconds: number, stealShare = 0): void => {
  const step: WorldStep = { seconds: 0, dt: 0.1, startedAtSeconds: 0, isUp: true, stealShare, onlineCpus: 1 };
  for (let i = 1; i <= seconds * 10; i += 1) {
    step.seconds = i / 10;
    for (const load of loads) load.plan(step);
    cpus.serve(loads, step);
  }
};

const busy = (tasks: number): Load => new BusyLoad(tasks);

it('6 busy tasks on 2 CPUs: 2 run and 4 wait (measured: 2.03 and 4.15 cores, PSI 1.00)', () => {
  const cpus = new VmCpus(RULES, 2);
  serve(cpus, [busy(6)], 10);
  expect(cpus.busyMs).toBeCloseTo(20_000, 3);
  expect(cpus.runDelayMs).toBeCloseTo(40_000, 3);
  expect(cpus.someWaitedUs).toBeCloseTo(10e6, 3);
  expect(cpus.timeslices).toBeCloseTo(20_000 / 3, 3);
});

it('what the host takes shows as steal, or as busy where the kernel does not account for it', () => {
  const [seen, hidden] = [true, false].map((showsSteal) => {
    const cpus = new VmCpus({ ...RULES, stealShare: 0.5, showsSteal }, 2);
    serve(cpus, [busy(2)], 10, 0.5);
    return cpus;
  });
  expect([seen?.busyMs, seen?.stealMs].map((ms) => Math.round(ms ?? 0))).toEqual([10_000, 10_000]);
  expect([hidden?.busyMs, hidden?.stealMs].map((ms) => Math.round(ms ?? 0))).toEqual([20_000, 0]);
});

it('a part of a vCPU is a whole CPU of which the host takes the rest', () => {
  const cpus = new VmCpus(RULES, 0.25);
  serve(cpus, [busy(1)], 10);
  expect(cpus.online).toBe(1);
  expect([cpus.busyMs, cpus.stealMs, cpus.runDelayMs].map(Math.round)).toEqual([2_500, 7_500, 0]);
});

it('loads share what there is by what they want', () => {
  const cpus = new VmCpus(RULES, 2);
  const loads = [busy(3), busy(1)];
  serve(cpus, loads, 1);
  expect(loads.map(({ ranCores }) => ranCores)).toEqual([1.5, 0.5]);
});

it('load averages move by the factors of the kernel', () => {
  const cpus = new VmCpus(RULES, 4);
  serve(cpus, [busy(1)], 1);
  serve(cpus, [busy(3)], 60);
  // A minute of 12 steps of e^(−5/60): 1 + 2 (1 − e^(−1)).
  expect(cpus.load.load1).toBeCloseTo(1 + 2 * (1 - Math.exp(-1)), 1);
});

it('work that cannot be served waits, and is given up after 10 s of demand', () => {
  const cpus = new VmCpus(RULES, 1);
  const load = new ShapedLoad(flatShape({ anonMib: 0, cores: 2 }), 0);
  serve(cpus, [load], 5);
  expect(load.waitMs).toBeCloseTo(5_000, 0);
  serve(cpus, [load], 60);
  expect(load.waitMs).toBeCloseTo(20_000, 0);
});

describe('requests at random', () => {
  it('M/M/1 at 70 %: 2.33 in the system, so 1.63 wait', () => {
    const cpus = new VmCpus(RULES, 1);
    const load = new RandomServiceLoad({ kind: 'randomService', cores: 0.7, serviceMs: 20 }, mulberry32(7));
    serve(cpus, [load], 3_000);
    expect(cpus.busyMs / 3e6).toBeCloseTo(0.7, 1);
    expect(cpus.runDelayMs / 3e6).toBeGreaterThan(1.4);
    expect(cpus.runDelayMs / 3e6).toBeLessThan(1.9);
    // PSI some: the chance that two or more are there, 0.7².
    expect(cpus.someWaitedUs / 3e9).toBeGreaterThan(0.35);
  });

  it('M/M/2 at 35 % each: a tenth of a task waits', () => {
    const cpus = new VmCpus(RULES, 2);
    const load = new RandomServiceLoad({ kind: 'randomService', cores: 0.7, serviceMs: 20 }, mulberry32(7));
    serve(cpus, [load], 3_000);
    // Erlang C: 0.1815 × 0.35 / 0.65.
    expect(cpus.runDelayMs / 3e6).toBeCloseTo(0.098, 1);
  });
});
