import { helpText } from '../../../adapters/cli/help';
import { FLAG_KEYS } from '../../../adapters/monitor/config/flags';
import { longName } from '../../../machines/shared/config/flag';

/** The flags that operators were promised: written down here apart from the table, so that none gets lost. */
const PROMISED = [
  ['-a, --addr HOST:PORT', '127.0.0.1:10301'],
  ['-c, --cgroup NAME', 'none'],
  ['-p, --pgconnstr DSN', 'none'],
  ['--file-cache-on-disk', 'off'],
  ['--policy NAME', 'headroom'],
  ['--prefer cost|balanced|performance', 'balanced'],
  ['--compute-unit CPU,MEM', '0.25,1GiB'],
  ['--independent', 'off'],
  ['--min-size CPU,MEM', 'one unit'],
  ['--max-size CPU,MEM', 'none'],
  ['--size-from kernel|agent', 'kernel'],
  ['--scale-requests auto|always|never', 'auto'],
  ['--protect observe|tripwire|throttle|full', 'tripwire'],
  ['--hard-limit', 'off'],
  ['--throttle-max-ms N', '5000'],
  ['--event-log DIR|none', 'the state directory'],
  ['--event-log-max BYTES', '64MiB'],
  ['--inspect HOST:PORT', 'off'],
  ['--metrics HOST:PORT', 'off'],
  ['--allow-peer CIDR', 'any'],
  ['--agent-token-file FILE', 'none'],
  ['--insecure', 'off'],
  ['--allow-origin ORIGIN', 'none'],
  ['--hotplug-cpus', 'off'],
  ['--require-cgroup', 'off'],
  ['--cgroup-root DIR', '/sys/fs/cgroup'],
  ['--proc-root DIR', '/proc'],
  ['--sys-root DIR', '/sys'],
  ['--log-format json|pretty', 'pretty on a terminal, else json'],
  ['--log-time utc|local', 'utc'],
  ['--embedded-agent', 'off'],
  ['--config FILE', 'none'],
] as const;

describe('run --help', () => {
  const lines = helpText('run').split('\n');

  it.each(PROMISED)('lists %s with its default %s', (flag, defaultText) => {
    const at = lines.findIndex((line) => line.trim() === flag);
    expect(at).toBeGreaterThan(0);
    expect(lines[at + 1]).toContain(`(default: ${defaultText})`);
  });

  it('lists no flag that is not promised', () => {
    const promised = PROMISED.map(([flag]) => /--(\S+)/.exec(flag)?.[1]);
    expect(FLAG_KEYS.map(longName)).toEqual(promised);
  });
});

describe('help of another command', () => {
  it.each([
    ['status', ['-a, --addr HOST:PORT', '--json']],
    ['doctor', ['-c, --cgroup NAME', '--protect observe|tripwire|throttle|full', '--json']],
    ['thaw', ['-c, --cgroup NAME', '--cgroup-root DIR']],
    ['replay', ['--json', '--allow-redecided']],
    ['simulate', ['--trace PATH', '--policy NAME', '--grant-up-ms N', '--compute-unit CPU,MEM', '--plot FILE']],
    ['agent', ['--monitor URL', '--qmp PATH', '--capacity CPU,MEM', '--token-file FILE', '"metricsUrl": "URL"']],
  ])('%s lists its flags, each with its meaning and its default', (name, flags) => {
    const lines = helpText(name).split('\n');
    expect(lines[0]).toMatch(new RegExp(`^vm-monitor ${name}.*: `));
    for (const flag of flags) {
      const at = lines.findIndex((line) => line.trim() === flag);
      expect([flag, lines[at + 1]]).toEqual([flag, expect.stringMatching(/^ {10}\S.*\(default: .+\)$/)]);
    }
  });

  it('does not list the flags of others', () => {
    expect(helpText('status')).not.toContain('--policy');
    expect(helpText('agent')).not.toContain('--pgconnstr');
  });
});

describe('--help', () => {
  it.each([null, 'nonsense'])('of %s is the list of commands, and short', (name) => {
    const text = helpText(name);
    for (const command of ['[run]', 'status', 'doctor', 'thaw', 'replay LOG', 'simulate', 'agent', 'COMMAND --help'])
      expect(text).toContain(`\n  vm-monitor ${command} `);
    expect(text.split('\n').length).toBeLessThan(20);
  });
});
