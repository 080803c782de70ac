import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configFromArguments, configFromOptions } from '../../../../adapters/monitor/config/load';
import { readTextFile } from '../../../../adapters/shared/config/environment';
import { leftOf, rightOf } from '../../../support/either';
import { surroundings } from '../../../support/environment';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vm-monitor-config-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const configFile = (content: unknown): string => {
  const path = join(dir, 'config.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

describe('precedence', () => {
  const policyFrom = (args: string[], environment: Record<string, string>): string =>
    rightOf(configFromArguments(args, surroundings({ environment, readTextFile }))).policy;

  it('is flags, environment, file, default', () => {
    const path = configFile({ policy: 'sliding-max' });
    const environment = { VM_MONITOR_POLICY: 'goal-cu' };
    expect(policyFrom(['--config', path, '--policy', 'headroom'], environment)).toBe('headroom');
    expect(policyFrom(['--config', path], environment)).toBe('goal-cu');
    expect(policyFrom(['--config', path], {})).toBe('sliding-max');
    expect(policyFrom([], {})).toBe('headroom');
  });

  it('holds for lists as a whole', () => {
    const environment = { VM_MONITOR_ALLOW_PEER: '10.0.0.0/8,fd00::/8' };
    const peers = (...args: string[]): readonly string[] =>
      rightOf(configFromArguments(args, surroundings({ environment }))).allowPeers;
    expect(peers()).toEqual(['10.0.0.0/8', 'fd00::/8']);
    expect(peers('--allow-peer', '127.0.0.0/8', '--allow-peer=::1')).toEqual(['127.0.0.0/8', '::1']);
  });

  it('lets a flag switch off what the environment switched on', () => {
    const environment = { VM_MONITOR_INDEPENDENT: 'true' };
    const config = rightOf(configFromArguments(['--independent=false'], surroundings({ environment })));
    expect(config.sizing.independent).toBe(false);
  });

  it('lets the environment name the config file', () => {
    expect(policyFrom([], { VM_MONITOR_CONFIG: configFile({ policy: 'goal-cu' }) })).toBe('goal-cu');
  });
});

describe('the command line', () => {
  const load = (...args: string[]) => configFromArguments(args, surroundings());

  it('takes short flags, values after = and switches', () => {
    const config = rightOf(load('-a', '[::1]:0', '-cpg', '-p', 'host=h', '--policy=goal-cu', '--hard-limit'));
    expect(config).toMatchObject({
      addr: { host: '::1', port: 0 },
      cgroup: 'pg',
      pgconnstr: 'host=h',
      policy: 'goal-cu',
      hardLimit: true,
    });
  });

  it('takes the last of several values', () => {
    expect(rightOf(load('--protect', 'full', '--protect', 'observe')).protect).toBe('observe');
  });

  it.each([
    [['--polcy', 'x'], '--polcy: unknown, allowed are --addr, --cgroup,'],
    [['-x'], '-x: unknown, allowed are --addr,'],
    [['--__proto__'], '--__proto__: unknown, allowed are --addr,'],
    [['now'], 'argument "now": unknown, allowed are --addr,'],
    [['--independent', 'true'], 'argument "true": unknown'],
    [['--cgruop', 'x'], '; did you mean --cgroup?'],
    [['--max-size', '4,16Gi'], '; "Gi" is not one of them'],
    [['--max-size', '4,16GB'], '; "GB" is not one of them'],
    [['--max-size', '4,16'], '; "16" is only 16 bytes'],
    [['--addr'], '--addr "": expected HOST:PORT'],
    [['--addr', '--independent'], '--addr "": expected HOST:PORT'],
  ])('refuses %j', (args, line) => {
    expect(leftOf(load(...args))).toContain(line);
  });
});

describe('the environment', () => {
  it('refuses an unknown variable with our prefix', () => {
    const line = leftOf(configFromArguments([], surroundings({ environment: { VM_MONITOR_POLCY: 'x' } })));
    expect(line).toMatch(/^VM_MONITOR_POLCY: unknown, allowed are VM_MONITOR_ADDR, VM_MONITOR_CGROUP,/);
  });

  it('takes an empty variable as not set and passes over those of others', () => {
    const environment = { VM_MONITOR_POLICY: '', VM_MONITORING: '1', PATH: '/bin' };
    expect(rightOf(configFromArguments([], surroundings({ environment }))).policy).toBe('headroom');
  });
});

describe('the config file', () => {
  const load = (content: unknown) =>
    configFromArguments(['--config', configFile(content)], surroundings({ readTextFile }));

  it('takes texts, numbers, booleans and arrays', () => {
    const config = rightOf(
      load({ throttleMaxMs: 100, independent: true, eventLogMax: '1MiB', allowPeer: ['::1', '10.0.0.0/8'] }),
    );
    expect(config).toMatchObject({ throttleMaxMs: 100, eventLogMaxBytes: 2 ** 20, allowPeers: ['::1', '10.0.0.0/8'] });
    expect(config.sizing.independent).toBe(true);
  });

  it.each([
    ['an unknown key', { 'event-log': 'none' }, /^event-log in .*config\.json: unknown, allowed are addr,/],
    ['a bad value', { policy: 'x' }, /^policy in .*config\.json "x": expected one of headroom/],
    ['a value of a wrong kind', { policy: { name: 'x' } }, /^policy in .*config\.json is .* object: expected a text$/],
    ['null', { cgroup: null }, /^cgroup in .*config\.json is null: expected a text$/],
    ['an array for a single value', { policy: ['headroom'] }, /expected one value, not an array$/],
    ['an array of something else', { allowPeer: [1] }, /is an array: expected a text or an array of texts$/],
    ['a file within a file', { config: 'x' }, /^--config ".*": expected a file that names no other/],
    ['an array', [], /^--config ".*": expected a file with one JSON object$/],
    ['a bare value', '"x"', /^--config ".*": expected a file with one JSON object$/],
    ['an empty file', '', /^--config ".*": expected a file with one JSON object; it is not valid JSON/],
  ])('refuses %s', (_what, content, line) => {
    expect(leftOf(load(content))).toMatch(line);
  });

  it('refuses broken JSON without quoting it', () => {
    const line = leftOf(load('{"pgconnstr":"host=h password=hunter2" "policy":"x"}'));
    expect(line).toMatch(/not valid JSON/);
    expect(line).not.toContain('hunter2');
  });

  it('refuses a file that cannot be read', () => {
    const from = (path: string): string =>
      leftOf(configFromArguments(['--config', path], surroundings({ readTextFile })));
    expect(from(join(dir, 'absent.json'))).toMatch(/^--config .*absent\.json": expected a readable file; .*ENOENT/);
    expect(from(dir)).toMatch(/expected a readable file; .*not a regular file/);
    writeFileSync(join(dir, 'huge.json'), ' '.repeat(2 ** 20 + 1));
    expect(from(join(dir, 'huge.json'))).toMatch(/expected a readable file; .*larger than/);
  });
});

describe('options of startMonitor', () => {
  const load = (options: Parameters<typeof configFromOptions>[0], environment = {}) =>
    configFromOptions(options, surroundings({ environment, readTextFile }));

  it('are the same keys, as texts or as what they mean', () => {
    const config = rightOf(
      load({
        addr: ':0',
        insecure: true,
        independent: true,
        throttleMaxMs: 10,
        allowOrigin: ['http://a'],
        cgroup: undefined,
      }),
    );
    expect(config).toMatchObject({
      addr: { host: '', port: 0 },
      throttleMaxMs: 10,
      allowOrigins: ['http://a'],
      cgroup: null,
    });
  });

  it('win over the file that they name', () => {
    const config = configFile({ policy: 'goal-cu', protect: 'full' });
    expect(rightOf(load({ config, policy: 'headroom' }))).toMatchObject({ policy: 'headroom', protect: 'full' });
  });

  it('are not mixed with the environment of the program around', () => {
    expect(rightOf(load({}, { VM_MONITOR_POLICY: 'goal-cu', VM_MONITOR_X: 'y' })).policy).toBe('headroom');
  });

  it.each<readonly [Record<string, string | number>, RegExp]>([
    [{ polcy: 'x' }, /^polcy: unknown, allowed are addr, cgroup,/],
    [{ policy: 5 }, /^policy "5": expected one of headroom/],
    [{ hardLimit: 'maybe' }, /^hardLimit "maybe": expected true or false$/],
    [{ toString: 'x' }, /^toString: unknown/],
  ])('refuse %j', (options, line) => {
    expect(leftOf(load(options))).toMatch(line);
  });
});

describe('defaults that depend on the surroundings', () => {
  it('are the state directory and, on a terminal, readable lines', () => {
    expect(rightOf(configFromArguments([], surroundings()))).toMatchObject({
      eventLogDir: '/var/lib/vm-monitor',
      logFormat: 'json',
    });
    expect(rightOf(configFromArguments([], surroundings({ stdoutIsTerminal: true }))).logFormat).toBe('pretty');
  });

  it('give way to what is said', () => {
    const args = ['--event-log', 'none', '--log-format', 'json'];
    const config = rightOf(configFromArguments(args, surroundings({ stdoutIsTerminal: true })));
    expect(config).toMatchObject({ eventLogDir: null, logFormat: 'json' });
  });
});

describe('the embedded agent', () => {
  it('needs sizes by the word of the agent', () => {
    expect(leftOf(configFromArguments(['--embedded-agent'], surroundings()))).toMatch(
      /^--size-from "kernel": expected agent/,
    );
    const config = rightOf(configFromArguments(['--embedded-agent', '--size-from', 'agent'], surroundings()));
    expect(config.embeddedAgent).toBe(true);
  });
});
