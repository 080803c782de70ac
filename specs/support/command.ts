/** dist/cli.js as a user runs it: a process of its own. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FLAG_KEYS } from '../../adapters/monitor/config/flags';
import { longName } from '../../machines/shared/config/flag';
import { tempDir } from './event-log';
import type { KernelTree } from './fake-kernel-tree';
import { frameQueue } from './frame-queue';
import { isLine, readLine, type LogLine, type Wanted } from './log-line';
import { optionsFor } from './monitor';
import { ROOT } from './repository-root';
import { connectAgent, RANGE_V1_1, type TestAgent } from './test-agent';

const CLI = join(ROOT, 'dist/cli.js');

const SOURCES = 'build.mjs package.json machines streams adapters';
/** For the shell: true when the file is missing or older than a source. */
const isStale = (file: string): string => `[ ! -e ${file} ] || [ -n "$(find ${SOURCES} -newer ${file} -print -quit)" ]`;

/** Specs run side by side, so one at a time. */
const buildIf = (condition: string, build: string): void => {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const script = `if ${condition}; then ${build}; fi`;
  execFileSync('flock', ['.cache/build.lock', 'sh', '-c', script], { cwd: ROOT, stdio: 'inherit' });
};

/** Makes the bundles unless they are newer than all sources. */
export const buildOnce = (): void => {
  const stale = ['dist/cli.js', 'dist/index.js', 'dist/core.js'].map(isStale);
  buildIf(stale.join(' || '), 'node build.mjs');
};

/** Makes dist/NAME.cjs, a tool of the clone: always, because its sources lie among the specs. */
export const buildTool = (name: string): void => {
  buildIf('true', `node build.mjs ${name}`);
};

/**
 * Makes the types of the library unless they are newer than all sources. They are written in spite of
 * type errors, also those of specs: to find these is the work of `make types`.
 */
export const buildTypesOnce = (): void => {
  buildIf(isStale('dist/types/tsconfig.tsbuildinfo'), 'node_modules/.bin/tsc -b tsconfig.json >&2 || true');
};

export interface Ended {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly pid: number;
  /** The next log line on stdout of this kind (null: any) with these fields; earlier ones are passed over. Rejects when stdout ends. */
  readonly line: (msg: string | null, fields?: Wanted) => Promise<LogLine>;
  /** The next line of stdout, as it is. */
  readonly nextLine: () => Promise<string>;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly ended: Promise<Ended>;
}

const running = new Set<ChildProcess>();

/** The surroundings of a user who has set nothing: tests must not find a real state directory. */
const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: tempDir(), TZ: 'UTC' });

/** Starts `vm-monitor ARGS`; call buildOnce before and stopCommands after. */
export const startCommand = (args: readonly string[]): RunningCommand => {
  const child = spawn(process.execPath, [CLI, ...args], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const lines = frameQueue();
  let [stdout, stderr, partial] = ['', '', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    const whole = (partial + chunk).split('\n');
    partial = whole.pop() ?? '';
    for (const text of whole) lines.push(text);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => {
      running.delete(child);
      lines.end(new Error(`the command ended with ${status ?? 'a signal'}: ${stdout}${stderr}`));
      resolve({ status, stdout, stderr });
    });
  });
  return {
    pid: child.pid ?? 0,
    line: async (msg, fields = {}) => {
      for (;;) {
        const line = readLine(await lines.next());
        if (isLine(line, msg, fields)) return line;
      }
    },
    nextLine: () => lines.next(),
    signal: (name) => {
      child.kill(name);
    },
    ended,
  };
};

/** Starts `vm-monitor run` on a fake tree and a free port, with this log. */
export const startMonitorOn = (tree: KernelTree, log: string, ...args: readonly string[]): RunningCommand => {
  const options = optionsFor(tree);
  const flags = FLAG_KEYS.flatMap((key) =>
    options[key] === undefined ? [] : [`--${longName(key)}`, String(options[key])],
  );
  return startCommand(['run', ...flags, '--event-log', log, ...args]);
};

/** An agent of version 1.1 at a monitor that begins to listen. */
export const connectTo = async ({ line }: RunningCommand): Promise<TestAgent> =>
  connectAgent(`ws://${String((await line('listening'))['addr'])}/monitor`, { range: RANGE_V1_1 });

/** Runs `vm-monitor ARGS` to its end. */
export const runCommand = (args: readonly string[]): Promise<Ended> => startCommand(args).ended;

/** Kills what still runs; for afterEach. */
export const stopCommands = async (): Promise<void> => {
  const ends = [...running].map(
    (child) =>
      new Promise((resolve) => {
        child.once('close', resolve);
        child.kill('SIGKILL');
      }),
  );
  await Promise.all(ends);
};
