import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBootClock, readBootId } from '../../../adapters/shared/clock';

const HOUR_MS = 3_600_000;
/** Time that passes within a spec; far below the hours that the specs look for. */
const SLACK_MS = 10_000;

const proc = mkdtempSync(join(tmpdir(), 'vm-monitor-clock-'));
const setUptime = (text: string): void => {
  writeFileSync(join(proc, 'uptime'), text);
};
const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

afterAll(() => {
  rmSync(proc, { recursive: true });
});

describe('createBootClock', () => {
  it('starts at the uptime and gives whole milliseconds', () => {
    setUptime('987654.32 1234.00\n');
    const now = createBootClock(proc).nowMs();
    expect(Number.isInteger(now)).toBe(true);
    expect(now).toBeGreaterThanOrEqual(987_654_320);
    expect(now).toBeLessThan(987_654_320 + SLACK_MS);
  });

  it('counts time that the VM was suspended, once it is resynced', () => {
    setUptime('1000.00 0.00\n');
    const clock = createBootClock(proc);
    setUptime(`${1000 + 3600}.00 0.00\n`);
    expect(clock.nowMs()).toBeLessThan(1_000_000 + SLACK_MS);
    clock.resync();
    expect(clock.nowMs()).toBeGreaterThanOrEqual(1_000_000 + HOUR_MS);
    expect(clock.nowMs()).toBeLessThan(1_000_000 + HOUR_MS + SLACK_MS);
  });

  it('does not follow differences of the size of the resolution of uptime', () => {
    const start = Math.floor(monotonicMs());
    setUptime(`${(start + 40) / 1000} 0.00\n`);
    const clock = createBootClock(proc);
    expect(clock.nowMs() - start).toBeLessThanOrEqual(Math.ceil(monotonicMs()) - start);
  });

  it('never goes back, also when the uptime does', () => {
    setUptime('5000.00 0.00\n');
    const clock = createBootClock(proc);
    const before = clock.nowMs();
    setUptime('10.00 0.00\n');
    clock.resync();
    expect(clock.nowMs()).toBeGreaterThanOrEqual(before);
  });

  it.each([
    ['missing', null],
    ['empty', ''],
    ['garbage', 'soon\n'],
    ['negative', '-5.00 1.00\n'],
  ])('goes on with the monotonic clock while the uptime is %s', (_name, text) => {
    rmSync(join(proc, 'uptime'), { force: true });
    if (text !== null) setUptime(text);
    const clock = createBootClock(proc);
    const before = monotonicMs();
    clock.resync();
    expect(Math.abs(clock.nowMs() - before)).toBeLessThan(SLACK_MS);
  });

  it('agrees with the uptime of the real kernel', () => {
    const clock = createBootClock('/proc');
    const before = clock.nowMs();
    clock.resync();
    expect(clock.nowMs()).toBeGreaterThanOrEqual(before);
    expect(clock.nowMs() - before).toBeLessThan(SLACK_MS);
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
