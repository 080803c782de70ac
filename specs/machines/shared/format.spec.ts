import { formatBytes, formatCpu, formatMs } from '../../../machines/shared/format';
import { GIB, KIB, MIB } from '../../../machines/shared/units';

describe('numbers for people', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1023.7, '1 KiB'], // rounds to 1024 B
    [64 * KIB, '64 KiB'],
    [300 * MIB, '300 MiB'],
    [300.4 * MIB, '300 MiB'],
    [1023.6 * MIB, '1 GiB'], // would round to 1024 MiB
    [1.9 * GIB, '1.9 GiB'],
    [3 * GIB, '3 GiB'],
    [2048 * GIB, '2048 GiB'],
    [-300 * MIB, '-300 MiB'],
  ])('%d bytes read as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0, '0 ms'],
    [250.4, '250 ms'],
    [999.6, '1 s'], // would round to 1000 ms
    [1400, '1.4 s'],
    [60_000, '60 s'],
    [119_960, '2 min'], // would round to 120 s
    [300_000, '5 min'],
    [3 * 3_600_000, '3 h'],
  ])('%d ms read as %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it.each([
    [0.25, '0.25 vCPU'],
    [2, '2 vCPU'],
    [0.30000000000000004, '0.3 vCPU'],
  ])('%d CPUs read as %s', (cpu, text) => {
    expect(formatCpu(cpu)).toBe(text);
  });
});
