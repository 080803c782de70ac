import { left, right } from 'fp-ts/Either';
import { MIB } from '../../machines/shared/units';
import { unreadableSample } from '../../streams/signals/unreadable';
import { observedSizes } from '../../streams/size';
import { rightOf } from '../support/either';
import { rawSample } from '../support/raw-samples';
import { expectReadings } from '../support/raw-steps';

const STAT = rightOf(rawSample().stat);
const MEMINFO = rightOf(rawSample().meminfo);

describe('the stream of the size', () => {
  it('follows MemTotal, the CPUs that are online, and their quota', () => {
    const samples = {
      a: rawSample(),
      b: rawSample({
        meminfo: right({ ...MEMINFO, totalBytes: 2048 * MIB + 1 }),
        stat: right({ ...STAT, onlineCpus: 4 }),
        cpuMax: right(0.5),
      }),
    };
    expectReadings(observedSizes, 'a-b|', samples, {
      a: { totalBytes: 1024 * MIB, onlineCpus: 2 },
      b: { totalBytes: 2048 * MIB, onlineCpus: 4, quotaCpus: 0.5 },
    });
  });

  it('has what can be read', () => {
    const samples = { a: rawSample({ stat: left('gone') }), b: unreadableSample('broken') };
    expectReadings(observedSizes, 'a-b|', samples, { a: { totalBytes: 1024 * MIB }, b: {} });
  });
});
