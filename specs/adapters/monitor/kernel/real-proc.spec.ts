/** This machine's own /proc: the parsers meet the kernel that is really there. */
import { existsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { isRight } from 'fp-ts/Either';
import { lastValueFrom, of } from 'rxjs';
import { openKernelSources } from '../../../../adapters/monitor/kernel/sources';
import { readings } from '../../../../streams/readings';
import { QUANTUM_BYTES } from '../../../../streams/quantise';

describe('on the real /proc', () => {
  it('every file that exists is read without an error, and agrees with what Node knows', async () => {
    const sources = await openKernelSources({ procRoot: '/proc', cgroupRoot: '/sys/fs/cgroup', cgroup: null });
    const first = sources.read(0);
    const last = sources.read(1000);
    const { memory, cpu } = await lastValueFrom(of(first, last).pipe(readings));
    await sources.close();

    expect(memory?.totalBytes).toBe(Math.floor(totalmem() / QUANTUM_BYTES) * QUANTUM_BYTES);
    expect(memory?.swapInPagesDelta).toBeGreaterThanOrEqual(0);
    expect(cpu?.onlineCpus).toBe(cpus().length);
    expect(cpu?.busyMs).toBeGreaterThanOrEqual(0);
    expect(isRight(last.zoneinfo)).toBe(true);
    expect(isRight(last.overcommit)).toBe(true);
    expect(isRight(last.schedstat)).toBe(existsSync('/proc/schedstat'));
  });
});
