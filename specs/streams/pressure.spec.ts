import { pressure } from '../../streams/pressure';
import { unreadableSample } from '../../streams/signals/unreadable';
import { pressureOf, rawSample, vmPressureOf, withoutCgroup } from '../support/raw-samples';
import { expectReadings } from '../support/raw-steps';

const stalls = (someUs: number): object => ({
  memorySomeUs: someUs,
  memoryFullUs: someUs / 2,
  cpuSomeUs: 2 * someUs,
  ioSomeUs: 3 * someUs,
  ioFullUs: someUs,
});

describe('the stream of pressure', () => {
  it('has the stall times since the sample before, in whole milliseconds, and none at first', () => {
    const samples = { a: rawSample(pressureOf(0)), b: rawSample(pressureOf(4000)), c: rawSample(pressureOf(10_900)) };
    const readings = {
      a: {},
      b: stalls(4000),
      c: { ...stalls(6000), memoryFullUs: 3000, cpuSomeUs: 13_000, ioSomeUs: 20_000 },
    };
    expectReadings(pressure, 'a-b-c|', samples, readings);
  });

  it("is the VM's where the cgroup has none, and neither is compared with the other", () => {
    const samples = {
      c: rawSample(pressureOf(4000)),
      v: withoutCgroup('gone', vmPressureOf(90_000)),
      w: withoutCgroup('gone', vmPressureOf(92_000)),
    };
    expectReadings(pressure, 'c-v-w-c|', samples, { c: {}, v: {}, w: stalls(2000) });
  });

  it('says nothing while no pressure can be read', () => {
    const samples = { a: rawSample(), b: unreadableSample('broken') };
    expectReadings(pressure, 'a-b|', samples, { a: {}, b: undefined });
  });
});
