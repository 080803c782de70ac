/** This machine's own /proc: the parsers meet the kernel that is really there. */
import { existsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { isRight } from 'fp-ts/Either';
import { openKernelSources } from '../../../../adapters/monitor/kernel/sources';
import { foldSample, initialReadingsState } from '../../../../streams/readings';
import { QUANTUM_BYTES } from '../../../../streams/quantise';

describe('on the real /proc', () => {
  it('every file that exists is read without an error, and agrees with what Node knows', async () => {
    const sources = await openKernelSources({ procRoot: '/proc', cgroupRoot: '/sys/fs/cgroup', cgroup: null });
    const first = foldSample(initialReadingsState, sources.read(0));
    const raw = sources.read(1000);
    const { readings } = foldSample(first.state, raw);
    await sources.close();

    expect(readings.memory?.totalBytes).toBe(Math.floor(totalmem() / QUANTUM_BYTES) * QUANTUM_BYTES);
    expect(readings.memory?.swapInPagesDelta).toBeGreaterThanOrEqual(0);
    expect(readings.cpu?.onlineCpus).toBe(cpus().length);
    expect(readings.cpu?.busyMs).toBeGreaterThanOrEqual(0);
    expect(isRight(raw.proc.kernelRoomBytes)).toBe(true);
    expect(isRight(raw.proc.overcommitMode)).toBe(true);
    expect(isRight(raw.proc.runDelay)).toBe(existsSync('/proc/schedstat'));
  });
});
