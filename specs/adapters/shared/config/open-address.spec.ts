/** An address that others reach needs a word on who may connect. */
import * as E from 'fp-ts/Either';
import { configFromArguments, configFromOptions } from '../../../../adapters/monitor/config/load';
import { accessWarnings } from '../../../../adapters/monitor/runtime/presence';
import { leftOf, rightOf } from '../../../support/either';
import { surroundings } from '../../../support/environment';

const load = (...args: string[]) => configFromArguments(args, surroundings());

const OPEN = ['0.0.0.0:10301', ':10301', '[::]:10301', '10.1.2.3:0', 'vm.example:10301', '[fe80::1]:1', '128.0.0.1:1'];
const LOOPBACK = [
  '127.0.0.1:10301',
  '127.8.9.10:0',
  '[::1]:10301',
  '[0:0:0:0:0:0:0:1]:1',
  'localhost:10301',
  '[::ffff:127.0.0.1]:1',
];

it.each(OPEN)('%s alone is refused, with key, value and what is allowed', (addr) => {
  const line = leftOf(load('--addr', addr));
  expect(line).toContain(`--addr ${JSON.stringify(addr)}: expected a loopback address`);
  expect(line).toMatch(/--agent-token-file or --allow-peer .*--insecure/);
  expect(line).not.toContain('\n');
});

it.each([
  ['a token', ['--agent-token-file', '/run/token']],
  ['peers', ['--allow-peer', '10.0.0.0/8']],
])('%s let any address be, without a warning', (_name, flags) => {
  for (const addr of OPEN) expect(accessWarnings(rightOf(load('--addr', addr, ...flags)))).toEqual([]);
});

it('--insecure lets it be, with one warning that names it', () => {
  expect(accessWarnings(rightOf(load('--addr', '0.0.0.0:1', '--insecure')))).toEqual([
    { level: 'warn', msg: 'open access', fields: { host: '0.0.0.0' } },
  ]);
  expect(accessWarnings(rightOf(load('--addr', ':1', '--insecure')))).toHaveLength(1);
});

it.each(LOOPBACK)('%s needs neither, and is warned of in no case', (addr) => {
  expect(accessWarnings(rightOf(load('--addr', addr)))).toEqual([]);
  expect(accessWarnings(rightOf(load('--addr', addr, '--insecure')))).toEqual([]);
});

it('the environment and the options of startMonitor are held to the same', () => {
  const environment = { VM_MONITOR_ADDR: '0.0.0.0:1' };
  expect(leftOf(configFromArguments([], surroundings({ environment })))).toContain('VM_MONITOR_ADDR "0.0.0.0:1"');
  const insecure = { ...environment, VM_MONITOR_INSECURE: 'true' };
  expect(E.isRight(configFromArguments([], surroundings({ environment: insecure })))).toBe(true);
  expect(leftOf(configFromOptions({ addr: '0.0.0.0:1' }, surroundings()))).toContain('addr "0.0.0.0:1"');
  expect(E.isRight(configFromOptions({ addr: '0.0.0.0:1', insecure: true }, surroundings()))).toBe(true);
});
