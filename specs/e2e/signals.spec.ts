/** What each signal does to a running monitor and to a running agent. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, startCommand, stopCommands, type RunningCommand } from '../support/command';
import { removeTempDirs, tempDir } from '../support/event-log';
import { eventually } from '../support/eventually';
import { listeningPorts } from '../support/listening-ports';
import { ROOT } from '../support/repository-root';

beforeAll(buildOnce, 60_000);

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await stopCommands();
});
afterAll(removeTempDirs);

const CLI = join(ROOT, 'dist/cli.js');
const NO_LOG = ['--event-log', 'none', '--log-format', 'json'];

const COMMANDS = {
  run: { args: ['run', '--addr', '127.0.0.1:0', ...NO_LOG], started: 'listening', ports: 1 },
  agent: {
    args: ['agent', '--monitor', 'ws://127.0.0.1:9/monitor', '--max-size', '4,16GiB', ...NO_LOG],
    started: 'agent runs',
    ports: 0,
  },
} as const;

interface Started extends RunningCommand {
  /** It listens where it did before, and no debugger has said a word. */
  readonly endsSilently: () => Promise<void>;
}

const start = async (name: keyof typeof COMMANDS, ...args: readonly string[]): Promise<Started> => {
  const { started, ports, ...command } = COMMANDS[name];
  const running = startCommand([...command.args, ...args]);
  await running.line(started);
  return {
    ...running,
    endsSilently: async () => {
      expect(listeningPorts(running.pid)).toHaveLength(ports);
      running.signal('SIGTERM');
      expect(await running.ended).toMatchObject({ status: 0, stderr: '' });
    },
  };
};

describe.each(['run', 'agent'] as const)('vm-monitor %s', (name) => {
  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)('ends in order at %s', async (signal) => {
    const { signal: send, line, ended } = await start(name);
    send(signal);
    expect(await line('stopping')).toMatchObject({ level: 'info', reason: signal });
    await line('stopped');
    expect(await ended).toMatchObject({ status: 0, stderr: '' });
  });

  it('ends in order also when it is told so again and again', async () => {
    const { signal, line, ended } = await start(name);
    for (const again of ['SIGTERM', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM'] as const) signal(again);
    await line('stopped');
    expect(await ended).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(['SIGUSR1', 'SIGUSR2'] as const)('goes on at %s, says so, and opens no debugger', async (signal) => {
    const running = await start(name);
    running.signal(signal);
    expect(await running.line('signal ignored')).toMatchObject({ level: 'info', signal });
    await running.endsSilently();
  });

  it('goes on at SIGHUP, and says what in its configuration has changed', async () => {
    const file = join(tempDir(), 'config.json');
    const configure = (config: object): void => {
      writeFileSync(file, JSON.stringify(config));
    };
    configure({ maxSize: '2,8GiB', computeUnit: '0.25,1GiB' });
    // What the command line says too is not changed by the file.
    const running = await start(name, '--config', file, '--min-size', '1,4GiB');
    const reread = async (config: object, msg: string) => {
      configure(config);
      running.signal('SIGHUP');
      return running.line(msg);
    };
    expect(
      await reread({ maxSize: '2,8GiB', computeUnit: '0.25,1GiB', minSize: '2,8GiB' }, 'configuration unchanged'),
    ).toMatchObject({
      level: 'info',
    });
    expect(await reread({ maxSize: '2,8GiB', computeUnit: '0.5,2GiB' }, 'configuration changed')).toMatchObject({
      level: 'warn',
      keys: ['computeUnit'],
    });
    expect(await reread({ maxSize: '2,8GiB', computeUnit: 'much' }, 'configuration unusable')).toMatchObject({
      level: 'warn',
      reason: expect.stringMatching(/^computeUnit in .*config\.json "much": expected/) as string,
    });
    await running.endsSilently();
  });
});

it('SIGHUP names all keys that have changed, and never a value', async () => {
  const file = join(tempDir(), 'config.json');
  writeFileSync(file, JSON.stringify({ cgroup: 'a' }));
  const running = await start('run', '--config', file);
  writeFileSync(file, JSON.stringify({ policy: 'goal-cu', pgconnstr: 'postgres://u:geheim@127.0.0.1:9/x' }));
  running.signal('SIGHUP');
  expect(await running.line('configuration changed')).toMatchObject({ keys: ['cgroup', 'pgconnstr', 'policy'] });
  running.signal('SIGTERM');
  expect((await running.ended).stdout).not.toContain('geheim');
});

it('ends in order when it is told so while it starts', async () => {
  const running = startCommand(COMMANDS.run.args);
  await running.line(null);
  running.signal('SIGTERM');
  expect(await running.ended).toMatchObject({ status: 0, stderr: '' });
});

/** Ends it with the spec, whatever happens. */
const started = <Child extends ChildProcess>(child: Child): Child => {
  children.push(child);
  return child;
};

it('a debugger that was asked for before our first line is closed again', async () => {
  const early = join(tempDir(), 'early.cjs');
  writeFileSync(early, `process.kill(process.pid, 'SIGUSR1');`);
  // Port 0: any free one, as other processes of this machine may have the usual one.
  const args = ['--inspect-port=0', '--require', early, CLI, ...COMMANDS.run.args];
  const child = started(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] }));
  let stdout = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  await eventually(() => stdout.includes('"listening"'), true);
  expect(listeningPorts(child.pid ?? 0)).toHaveLength(1);
});

it('ends in order when its terminal hangs up', async () => {
  const log = join(tempDir(), 'output');
  writeFileSync(log, '');
  const hasSaid = (words: RegExp) => (): boolean => words.test(readFileSync(log, 'utf8'));
  const command = `exec ${[process.execPath, CLI, ...COMMANDS.run.args].join(' ')} >${log}`;
  // script(1) gives it a terminal, which is gone when script is killed.
  const script = started(spawn('script', ['--quiet', '--command', command, '/dev/null'], { stdio: 'pipe' }));
  await eventually(hasSaid(/"listening"/), true);
  script.kill('SIGKILL');
  await eventually(hasSaid(/"stopping","reason":"the terminal is gone".*"stopped"/s), true);
});
