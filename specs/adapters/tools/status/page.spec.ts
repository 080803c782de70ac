import { statusPage } from '../../../../adapters/tools/status/page';
import { emptyReport, statusReport } from './support';

/** Fullwidth letters aside, a column is a code point. */
const columns = (page: string): number => Math.max(...page.split('\n').map((line) => Array.from(line).length));

describe('the page of a status report', () => {
  it('shows everything in units for people', () => {
    expect(statusPage(statusReport())).toBe(`\
monitor   vm-monitor 0.1.0+0123456789ab at 127.0.0.1:10301, cgroup
          neon-postgres; 5012.300s of the event log, 2031-01-01T02:57:03.123Z

desired   1 vCPU, 4 GiB
granted   0.5 vCPU, 2 GiB
observed  1 vCPU, 2 GiB
reason    memory: 1.9 GiB in use, growing 300 MiB/s, a grant takes 1.4 s, so 2.3
          GiB + 15 % + 100 MiB → 2.8 GiB; CPU: 0.31 vCPU wanted + 15 % → 0.41
          vCPU
smaller?  1.9 GiB in use + 100 MiB margin need 2 GiB; the next smaller size
          holds 0.9 GiB
larger?   denied: no room on this host; requested again

memory    critical; runway 140 MiB, used up in 470 ms
cache     512 MiB
limits    tripwire 1.8 GiB, no hard limit
grants    up: small 1.4 s (1 observed), large 2.5 s (2 observed); down: 6 s (not
          learned yet)
missing   cgroup.pressure
states    agent: connected, sizing: requesting.denied, memory: critical,
          fileCache: ready

stats     what protection has cost since the first start
throttled backends 1.3 s; /dev/shm 0 ms; statements cancelled: 1
tripwire  armed 6 min; trips: 3 (by cache alone: 1); cache dropped: 64 MiB
trouble   OOM kills: 0, premature downscales: 2, limits changed by others: 0,
          lifted by the watchdog: 0
`);
  });

  it('says of what is not known that it is not', () => {
    const page = statusPage(emptyReport());
    for (const line of [
      'granted   not known',
      'reason    nothing is decided yet',
      'memory    normal; runway not known',
      'cache     not sized',
      'limits    no tripwire, hard limit 3 GiB',
      'missing   nothing',
    ])
      expect(page.split('\n')).toContain(line);
    expect(page).toContain(', no cgroup;');
  });

  it('shows what a monitor before has left', () => {
    const page = statusPage(statusReport({ notUndone: 'memory.high is not undone yet: EBUSY' }));
    expect(page).toContain('limits    tripwire 1.8 GiB, no hard limit; memory.high is not undone yet: EBUSY\n');
  });

  it('marks a size without a decision as the one from before the restart', () => {
    const page = statusPage({ ...statusReport(), reason: null });
    expect(page).toContain('\nreason    as before the restart; nothing is decided anew yet\n');
  });

  it('shows a Postgres that has no file cache', () => {
    const page = statusPage({ ...emptyReport(), regions: { fileCache: 'vanilla' } });
    expect(page).toMatch(/^cache +none: vanilla Postgres, without the settings of neon$/m);
  });

  it('shows why the file cache failed', () => {
    const page = statusPage(statusReport({ fileCache: { sizeBytes: null, lastFailure: 'permission denied' } }));
    expect(page).toContain('cache     not sized; last failure: permission denied\n');
  });

  it('fits into 80 columns whatever the texts are', () => {
    const long = `${'word '.repeat(100)}${'x'.repeat(300)} ${'→'.repeat(200)}`;
    const page = statusPage(statusReport({ reason: long, whyNotLarger: long, missing: [long, ''], cgroup: long }));
    expect(columns(page)).toBe(80);
    expect(page.match(/x/g)!.length).toBeGreaterThanOrEqual(900);
  });

  it("lets no text from outside move the terminal's cursor", () => {
    const page = statusPage(statusReport({ whyNotLarger: 'denied: \u001b[2Jfull\r\n\u009b1mhost\u0007\u202e' }));
    expect(page).toContain(String.raw`denied: \u001b[2Jfull\u000d\u000a\u009b1mhost\u0007\u202e`);
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});
