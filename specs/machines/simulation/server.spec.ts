import { CpuQueue, LoadAverages } from '../../../machines/simulation/server';
import { between, forRandom } from '../../support/random';

describe('the queue for CPU', () => {
  it('serves what fits, lets the rest wait, and is short of what has waited longer than a second', () => {
    const queue = new CpuQueue();
    queue.serve(3, 1, 1);
    expect(queue).toMatchObject({ runCores: 1, delayCores: 2, backlog: 2, short: 0 });
    queue.serve(3, 1, 1);
    expect(queue).toMatchObject({ runCores: 1, delayCores: 4, backlog: 4, short: 1 });
    queue.serve(1, 4, 1);
    expect(queue).toMatchObject({ runCores: 4, delayCores: 1, backlog: 1, short: 0 });
  });

  it('gives up what is more than ten seconds of demand', () => {
    const queue = new CpuQueue();
    for (let second = 0; second < 60; second += 1) queue.serve(2, 0.5, 1);
    expect(queue.backlog).toBe(20);
    queue.serve(0, 0.5, 1);
    expect(queue.backlog).toBe(0);
  });

  it('neither makes nor loses work: demand = served + change of the backlog + given up', () => {
    forRandom(50, (random) => {
      const queue = new CpuQueue();
      for (let second = 0; second < 100; second += 1) {
        const before = queue.backlog;
        const demand = between(random, 0, 4);
        queue.serve(demand, between(random, 0, 4), 1);
        const left = before + demand - queue.runCores;
        expect(queue.runCores + queue.delayCores).toBeCloseTo(before + demand, 9);
        expect(queue.backlog).toBeCloseTo(Math.min(left, 10 * demand), 9);
      }
    });
  });
});

describe('load averages', () => {
  it('begin with the first load', () => {
    const load = new LoadAverages();
    load.observe(1, 3);
    expect(load).toMatchObject({ load1: 3, load5: 3 });
  });

  it('move every 5 s, by the constants of the kernel', () => {
    const load = new LoadAverages();
    load.observe(1, 0);
    for (let seconds = 2; seconds < 5; seconds += 1) load.observe(seconds, 1);
    expect(load.load1).toBe(0);
    load.observe(5, 1);
    expect(load).toMatchObject({ load1: 164 / 2048, load5: 34 / 2048 });
    load.observe(9, 1);
    expect(load.load1).toBe(164 / 2048);
    load.observe(10, 1);
    expect(load.load1).toBeCloseTo(1 - (1884 / 2048) ** 2, 12);
  });

  it('begin anew when what was before is to be forgotten', () => {
    const load = new LoadAverages();
    load.observe(5, 8);
    load.forget();
    load.observe(7_003, 2);
    expect(load).toMatchObject({ load1: 2, load5: 2 });
  });
});
