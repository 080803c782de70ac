import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBootClock, readBootId } from '../../../adapters/shared/clock';

const HOUR_MS = 3_600_000;
/** What /proc/uptime resolves, and up to where the clock does not follow it. */
const RESOLUTION_MS = 10;
const DRIFT_MS = 50;

const proc = mkdtempSync(join(tmpdir(), 'vm-monitor-clock-'));
const setUptime = (text: string): void => {
  writeFileSync(join(proc, 'uptime'), text);
};

/** CLOCK_MONOTONIC stands at this many milliseconds until it is moved on. */
const monotonicAt = (ms: number): void => {
  jest.spyOn(process.hrtime, 'bigint').mockReturnValue(BigInt(ms) * 1_000_000n);
};

afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => {
  rmSync(proc, { recursive: true });
});

describe('createBootClock', () => {
  it('starts at the uptime, gives whole milliseconds and goes on with the monotonic clock', () => {
    monotonicAt(5_000);
    setUptime('987654.32 1234.00\n');
    const clock = createBootClock(proc);
    expect(clock.nowMs()).toBe(987_654_320);
    monotonicAt(5_123);
    expect(clock.nowMs()).toBe(987_654_443);
  });

  it('counts time that the VM was suspended, once it is resynced', () => {
    monotonicAt(1_000_000);
    setUptime('1000.00 0.00\n');
    const clock = createBootClock(proc);
    setUptime(`${1000 + 3600}.00 0.00\n`);
    expect(clock.nowMs()).toBe(1_000_000);
    clock.resync();
    expect(clock.nowMs()).toBe(1_000_000 + HOUR_MS);
  });

  it('does not follow differences of the size of the resolution of uptime', () => {
    monotonicAt(1_000_000);
    setUptime('1000.04 0.00\n');
    const clock = createBootClock(proc);
    expect(clock.nowMs()).toBe(1_000_000);
    clock.resync();
    expect(clock.nowMs()).toBe(1_000_000);
  });

  it('never goes back, also when the uptime does', () => {
    monotonicAt(1_000);
    setUptime('5000.00 0.00\n');
    const clock = createBootClock(proc);
    setUptime('10.00 0.00\n');
    clock.resync();
    expect(clock.nowMs()).toBe(5_000_000);
  });

  it.each([
    ['missing', null],
    ['empty', ''],
    ['garbage', 'soon\n'],
    ['negative', '-5.00 1.00\n'],
  ])('goes on with the monotonic clock while the uptime is %s', (_name, text) => {
    rmSync(join(proc, 'uptime'), { force: true });
    if (text !== null) setUptime(text);
    monotonicAt(77_000);
    const clock = createBootClock(proc);
    clock.resync();
    expect(clock.nowMs()).toBe(77_000);
  });

  it('agrees with the uptime of the real kernel', () => {
    const uptimeMs = (): number => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
    const clock = createBootClock('/proc');
    clock.resync();
    const before = uptimeMs();
    const now = clock.nowMs();
    const after = uptimeMs();
    expect(now).toBeGreaterThanOrEqual(Math.floor(before - DRIFT_MS));
    expect(now).toBeLessThanOrEqual(Math.ceil(after + RESOLUTION_MS + DRIFT_MS));
  });
});

describe('readBootId', () => {
  it('is the kernel’s text without the line end', () => {
    mkdirSync(join(proc, 'sys/kernel/random'), { recursive: true });
    writeFileSync(join(proc, 'sys/kernel/random/boot_id'), '6f3c-11\n');
    expect(readBootId(proc)).toBe('6f3c-11');
  });

  it('is "unknown" where the kernel does not tell', () => {
    expect(readBootId(join(proc, 'nowhere'))).toBe('unknown');
  });
});
