import { environmentName, longName } from '../../../../machines/shared/config/flag';
import { FLAG_KEYS, FLAGS, type FlagKey, type FlagValues } from '../../../../adapters/monitor/config/flags';
import { readFlags } from '../../../../machines/shared/config/given';
import { configFromArguments, configFromOptions } from '../../../../adapters/monitor/config/load';
import { leftOf, rightOf } from '../../../support/either';
import { surroundings } from '../../../support/environment';

interface Cases<Value> {
  readonly byDefault: Value;
  readonly good: readonly (readonly [text: string, value: Value])[];
  readonly bad: readonly string[];
}

const HOST_PORTS: Cases<unknown>['good'] = [
  ['127.0.0.1:10301', { host: '127.0.0.1', port: 10301 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  [':0', { host: '', port: 0 }],
  ['localhost:65535', { host: 'localhost', port: 65535 }],
];
const NO_HOST_PORTS = [
  '',
  '10301',
  'localhost',
  'localhost:',
  ':65536',
  ':-1',
  '::1:80',
  '[::1]',
  '[1.2.3.4]:1',
  '1.2.3:80',
  'a b:1',
  '127.0.0.1:1e3',
];
const SIZES: Cases<unknown>['good'] = [
  ['0.25,1GiB', { cpu: 0.25, mem: 2 ** 30 }],
  ['2, 1.5GiB', { cpu: 2, mem: 1.5 * 2 ** 30 }],
  ['1,1073741824', { cpu: 1, mem: 2 ** 30 }],
];
const NO_SIZES = [
  '',
  '1',
  '1,',
  ',1GiB',
  '1,1GiB,1',
  '0,1GiB',
  '-1,1GiB',
  '1e1,1GiB',
  '1,1GB',
  '1,1',
  '5000,1GiB',
  '1,9000TiB',
];
const SWITCHES = {
  byDefault: false,
  good: [
    ['true', true],
    ['on', true],
    ['false', false],
    ['off', false],
  ],
  bad: ['', 'yes', 'TRUE'],
} as const;

/** No row may be missing: a new flag does not compile before it has its cases. */
const CASES: { readonly [Key in FlagKey]: Cases<unknown> } = {
  addr: { byDefault: { host: '127.0.0.1', port: 10301 }, good: HOST_PORTS, bad: NO_HOST_PORTS },
  cgroup: {
    byDefault: null,
    good: [
      ['neon-postgres', 'neon-postgres'],
      ['system.slice/pg', 'system.slice/pg'],
    ],
    bad: ['', '/neon-postgres', 'a//b', 'a/', '../x', 'a/../b', './a', 'a\0b'],
  },
  pgconnstr: {
    byDefault: null,
    good: [
      ['postgresql://u@h/db', 'postgresql://u@h/db'],
      ['host=localhost user = pg', 'host=localhost user = pg'],
      [`host='/run/pg' password='it\\'s'`, `host='/run/pg' password='it\\'s'`],
    ],
    bad: ['', 'localhost', 'mysql://h/db', "host='open", 'host=a junk'],
  },
  fileCacheOnDisk: SWITCHES,
  policy: {
    byDefault: 'headroom',
    good: ['headroom', 'goal-cu', 'sliding-max'].map((name) => [name, name]),
    bad: ['', 'Headroom', 'goalcu'],
  },
  prefer: {
    byDefault: 'balanced',
    good: ['cost', 'balanced', 'performance'].map((word) => [word, word]),
    bad: ['', 'Cost', 'speed'],
  },
  computeUnit: { byDefault: { cpu: 0.25, mem: 2 ** 30 }, good: SIZES, bad: NO_SIZES },
  independent: SWITCHES,
  minSize: { byDefault: null, good: SIZES, bad: NO_SIZES },
  maxSize: { byDefault: null, good: SIZES, bad: NO_SIZES },
  sizeFrom: { byDefault: 'kernel', good: ['kernel', 'agent'].map((word) => [word, word]), bad: ['', 'both'] },
  scaleRequests: {
    byDefault: 'auto',
    good: ['auto', 'always', 'never'].map((word) => [word, word]),
    bad: ['', 'sometimes'],
  },
  protect: {
    byDefault: 'tripwire',
    good: ['observe', 'tripwire', 'throttle', 'full'].map((word) => [word, word]),
    bad: ['', 'none'],
  },
  hardLimit: SWITCHES,
  throttleMaxMs: {
    byDefault: 5000,
    good: [
      ['0', 0],
      ['30000', 30_000],
    ],
    bad: ['', '-1', '30001', '5s', '1.5', '1e3'],
  },
  eventLog: {
    byDefault: null,
    good: [
      ['none', 'none'],
      ['/var/log/x', '/var/log/x'],
    ],
    bad: ['', 'a\0b'],
  },
  eventLogMax: {
    byDefault: 64 * 2 ** 20,
    good: [
      ['256KiB', 2 ** 18],
      ['1.5GiB', 1.5 * 2 ** 30],
      ['1TiB', 2 ** 40],
      ['262144B', 2 ** 18],
      ['67108864', 2 ** 26],
    ],
    bad: ['', '255KiB', '64MB', '64M', '64mib', '-1MiB', '64 MiB', 'lots', '1e9', '9007199254740993'],
  },
  inspect: { byDefault: null, good: HOST_PORTS, bad: NO_HOST_PORTS },
  metrics: { byDefault: null, good: HOST_PORTS, bad: NO_HOST_PORTS },
  allowPeer: {
    byDefault: [],
    good: [
      ['10.0.0.0/8', ['10.0.0.0/8']],
      ['10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
      ['192.168.1.7', ['192.168.1.7']],
    ],
    bad: ['', '10.0.0.0/33', 'fd00::/129', '10.0.0/8', 'any', '10.0.0.0/8/8', '10.0.0.0/', `${'::1,'.repeat(256)}::1`],
  },
  agentTokenFile: { byDefault: null, good: [['/run/token', '/run/token']], bad: ['', 'a\0b'] },
  allowOrigin: {
    byDefault: [],
    good: [['https://a.example,http://localhost:8080', ['https://a.example', 'http://localhost:8080']]],
    bad: ['', 'a.example', 'https://a.example/', '*'],
  },
  hotplugCpus: SWITCHES,
  insecure: SWITCHES,
  requireCgroup: SWITCHES,
  cgroupRoot: { byDefault: '/sys/fs/cgroup', good: [['/tmp/cg', '/tmp/cg']], bad: ['', 'a\0b'] },
  procRoot: { byDefault: '/proc', good: [['/tmp/proc', '/tmp/proc']], bad: ['', 'a\0b'] },
  sysRoot: { byDefault: '/sys', good: [['/tmp/sys', '/tmp/sys']], bad: ['', 'a\0b'] },
  logTime: { byDefault: 'utc', good: ['utc', 'local'].map((word) => [word, word]), bad: ['', 'gmt'] },
  logFormat: { byDefault: null, good: ['json', 'pretty'].map((word) => [word, word]), bad: ['', 'xml'] },
  embeddedAgent: SWITCHES,
  config: { byDefault: null, good: [['/etc/x.json', '/etc/x.json']], bad: ['', 'a\0b'] },
};

const valueOf = (key: FlagKey, text: string): FlagValues[FlagKey] =>
  rightOf(readFlags(FLAGS, { [key]: { label: key, texts: [text] } }))[key];

describe.each(FLAG_KEYS)('flag %s', (key) => {
  const { byDefault, good, bad } = CASES[key];

  it('has its default when it is not given', () => {
    expect(rightOf(readFlags(FLAGS, {}))[key]).toEqual(byDefault);
  });

  it.each(good)('reads %j', (text, value) => {
    expect(valueOf(key, text)).toEqual(value);
  });

  it.each(bad)('refuses %j on the command line with one line that names the flag', (text) => {
    const line = leftOf(configFromArguments([`--${longName(key)}=${text}`], surroundings()));
    expect(line).toMatch(new RegExp(`^--${longName(key)} .*: expected \\S`));
    expect(line).not.toContain('\n');
  });

  it.each(bad.filter((text) => text !== ''))('refuses %j in the environment and in options', (text) => {
    const environment = { [environmentName(key)]: text };
    expect(leftOf(configFromArguments([], surroundings({ environment })))).toContain(`${environmentName(key)} `);
    expect(leftOf(configFromOptions({ [key]: text }, surroundings()))).toContain(`${key} `);
  });

  it('has a help line', () => {
    expect(FLAGS[key].help).toMatch(/^\S[^\n]+\S$/);
  });
});

describe('messages about bad values', () => {
  const refusal = (...args: string[]): string => leftOf(configFromArguments(args, surroundings()));

  it('show the value and what is allowed', () => {
    expect(refusal('--policy', 'best')).toBe('--policy "best": expected one of headroom, goal-cu, sliding-max');
  });

  it('say that decimal units are not taken', () => {
    expect(refusal('--event-log-max', '64MB')).toContain('"MB" is not one of them');
  });

  it('cut long values and keep to one line', () => {
    const line = refusal('--policy', `a\nb${'x'.repeat(10_000)}`);
    expect(line.length).toBeLessThan(300);
    expect(line).not.toContain('\n');
  });

  it('never repeat a connection string, which may hold a password', () => {
    expect(refusal('--pgconnstr', 'host=h password="hunter2 x')).toMatch(/^--pgconnstr \*\*\*: expected postgresql:/);
  });
});
