/** The command as a user starts it: arguments, log lines, signals, exit status. */
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { MIB } from '../../machines/shared/units';
import {
  buildOnce,
  runCommand,
  startCommand,
  startMonitorOn,
  stopCommands,
  type RunningCommand,
} from '../support/command';
import { tempDir } from '../support/event-log';
import { createKernelTree } from '../support/fake-kernel-tree';
import { stopMonitors, testTree } from '../support/monitor';
import { connectAgent } from '../support/test-agent';

beforeAll(buildOnce, 60_000);
afterEach(async () => {
  await stopCommands();
  await stopMonitors();
});

const ANY_PORT = ['--addr', '127.0.0.1:0'];

const startMonitorCommand = (...args: string[]): RunningCommand =>
  startCommand(['run', ...ANY_PORT, '--event-log', tempDir(), ...args]);

it.each([
  [['--help'], ['replay LOG', 'COMMAND --help']],
  [
    ['run', '--help'],
    ['--addr HOST:PORT', '--size-from', '--event-log DIR|none', '--require-cgroup'],
  ],
  [
    ['agent', '--help'],
    ['--monitor URL', '--capacity CPU,MEM'],
  ],
])('%j tells what there is', async (args, words) => {
  const { status, stdout, stderr } = await runCommand(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const word of words) expect(stdout).toContain(word);
});

it('--version says version and build', async () => {
  expect(await runCommand(['--version'])).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^vm-monitor \d+\.\d+\.\d+\+[0-9a-f]{12}\n$/) as string,
    stderr: '',
  });
});

describe('what is not understood ends with status 2 and one line', () => {
  it.each([
    [['--adr', '127.0.0.1:0'], /--adr/],
    [['--addr', 'nowhere'], /--addr "nowhere": expected HOST:PORT/],
    [['--policy', 'magic'], /--policy "magic": expected .*headroom/],
    [['--min-size', '4,4GiB', '--max-size', '1,1GiB'], /m(in|ax)-size/],
    [['--embedded-agent'], /--size-from .*expected agent/],
    [['--throttle-max-ms', '-1'], /--throttle-max-ms/],
    [['dance'], /unknown command "dance"/],
  ])('%j', async (args, message) => {
    const { status, stdout, stderr } = await runCommand(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('run', () => {
  it('says as JSON where it listens, with the real port, and serves there', async () => {
    const { line } = startMonitorCommand();
    const listening = await line('listening');
    expect(listening).toMatchObject({
      level: 'info',
      addr: expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/) as string,
    });
    const agent = await connectAgent(`ws://${String(listening['addr'])}/monitor`);
    expect(agent.reply.version).toBe(1);
    await agent.close();
  });

  it('is meant when only flags are given', async () => {
    const { line } = startCommand([...ANY_PORT, '--event-log', 'none']);
    expect(await line('listening')).toMatchObject({ eventLog: null });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends it within 2 s with status 0 and a Close frame', async (name) => {
    const { line, signal, ended } = startMonitorCommand();
    const agent = await connectAgent(`ws://${String((await line('listening'))['addr'])}/monitor`);
    const sentAtMs = performance.now();
    signal(name);
    expect(await agent.closed).toEqual({ code: 1001, reason: 'the monitor stops' });
    expect(await ended).toMatchObject({ status: 0, stderr: '' });
    expect(performance.now() - sentAtMs).toBeLessThan(2_000);
  });

  it('ends with status 1 when the address is in use, and names it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { status, stdout } = await runCommand(['--addr', `127.0.0.1:${port}`, '--event-log', tempDir()]);
    other.close();
    expect(status).toBe(1);
    expect(stdout).toMatch(new RegExp(`EADDRINUSE.*:${port}`));
  });

  it('goes on without a log when the directory cannot be written, and says so', async () => {
    const { line } = startCommand([...ANY_PORT, '--event-log', '/proc/nowhere']);
    expect(await line('no event log')).toMatchObject({
      level: 'warn',
      reason: expect.stringContaining('/proc/nowhere: cannot be written') as string,
    });
    expect(await line('listening')).toMatchObject({ eventLog: null });
  });

  it('says what is present and what is missing', async () => {
    const tree = createKernelTree();
    try {
      const roots = ['--cgroup-root', tree.cgroupRoot, '--proc-root', tree.procRoot];
      const { line } = startMonitorCommand('--cgroup', tree.cgroup, ...roots);
      await line('cgroup', { cgroup: tree.cgroup, found: true, detail: /^neon-postgres present; cgroup v2 at/ });
      await line('PSI', { detail: /present/ });
      await line('Postgres', { detail: /none named/ });
    } finally {
      tree.dispose();
    }
  });

  it('warns when memory nears exhaustion at the largest size', async () => {
    const tree = testTree();
    const { line } = startMonitorOn(tree, tempDir(), '--max-size', '2,1GiB', '--protect', 'observe');
    await line('listening');
    tree.setMemAvailableBytes(70 * MIB);
    expect(await line('memory nears exhaustion')).toMatchObject({
      level: 'warn',
      limitedBy: 'at the largest size',
      leftBytes: 0,
      protect: 'observe',
    });
  });
});

describe('--require-cgroup', () => {
  it('ends with status 1 when the cgroup is missing, and names what was found', async () => {
    const root = tempDir();
    const { status, stdout } = await runCommand([
      ...['--require-cgroup', '--cgroup', 'neon-postgres', '--cgroup-root', root],
      ...[...ANY_PORT, '--event-log', tempDir()],
    ]);
    expect(status).toBe(1);
    expect(stdout).toContain('neon-postgres is not there');
    expect(stdout).toContain(`no cgroup mount at ${root}`);
  });

  it('ends with status 1 when none is named', async () => {
    const { status, stdout } = await runCommand(['--require-cgroup', ...ANY_PORT, '--event-log', tempDir()]);
    expect(status).toBe(1);
    expect(stdout).toContain('--require-cgroup: none is named');
  });
});

it('with the embedded agent it shows decisions and grants on the signals of this machine, and its log replays', async () => {
  const log = tempDir();
  // Units so small that every machine needs more than the one that the agent begins with.
  const units = ['--compute-unit', '0.25,32MiB'];
  const { line, signal, ended } = startCommand([
    ...['run', ...ANY_PORT, '--embedded-agent', '--size-from', 'agent', '--event-log', log],
    ...units,
  ]);
  await line('listening');
  expect(await line('decided')).toMatchObject({
    event: 'size.decided',
    desired: { cpu: expect.any(Number) as number },
  });
  await line('requested');
  expect(await line('granted')).toMatchObject({ granted: { cpu: expect.any(Number) as number } });
  signal('SIGINT');
  expect(await ended).toMatchObject({ status: 0 });
  const replayed = await runCommand(['replay', log]);
  expect(replayed).toMatchObject({ status: 0, stderr: '' });
  expect(replayed.stdout).toMatch(/ 0 divergences\n$/);
});
