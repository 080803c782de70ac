/** The bundle as a process of its own, as an operator starts it. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import * as t from 'io-ts';
import { BUILD_ID } from '../../machines/shared/build-id';

export const CLI = 'dist/cli.js';

/** The bundle must be of the same core as this benchmark, else figures of an older build would be reported. */
export const requireFreshBundle = (): void => {
  const version = execFileSync(process.execPath, [CLI, '--version'], { encoding: 'utf8' }).trim();
  if (!version.endsWith(BUILD_ID))
    throw new Error(`${CLI} is ${version}, expected ${BUILD_ID}: run "make bundles" first`);
};

/** A benchmark that fails must not leave processes behind. */
export const endWithUs = (child: ChildProcess): void => {
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
};

export interface ChildMonitor {
  readonly pid: number;
  /** Where agents connect. */
  readonly url: string;
  /** From the spawn to the line that says that it listens. */
  readonly startMs: number;
  /** Orderly, by SIGTERM. Throws unless it exits with 0. */
  stop(): Promise<void>;
}

const Listening = t.type({ msg: t.literal('listening'), addr: t.string });

const listeningAddress = async (lines: AsyncIterable<string>): Promise<string> => {
  for await (const line of lines) {
    const parsed: unknown = JSON.parse(line);
    if (Listening.is(parsed)) return parsed.addr;
  }
  throw new Error('the monitor ended before it listened');
};

/** Who starts the program. The file itself is a launcher, which sets what glibc reads before the process starts. */
export const STARTED = { byItself: [resolve(CLI)], byNode: [process.execPath, CLI] } as const;

/** Starts `vm-monitor run` on a free port and waits until it listens. */
export const startChildMonitor = async (
  flags: readonly string[],
  [command, ...first]: readonly [string, ...string[]] = STARTED.byNode,
): Promise<ChildMonitor> => {
  const begunAt = performance.now();
  const args = [...first, 'run', '--addr', '127.0.0.1:0', '--log-format', 'json', ...flags];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  endWithUs(child);
  const exited = once(child, 'exit');
  const addr = await listeningAddress(createInterface({ input: child.stdout }));
  const startMs = performance.now() - begunAt;
  child.stdout.resume();
  if (child.pid === undefined) throw new Error('a process that writes has a pid');
  return {
    pid: child.pid,
    url: `ws://${addr}/monitor`,
    startMs,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      if (child.exitCode !== 0) throw new Error(`the monitor ended with ${String(child.exitCode ?? child.signalCode)}`);
    },
  };
};
