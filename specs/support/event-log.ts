/** Real event logs in temp dirs, for specs. */
import { mkdtempSync, rmSync, watch } from 'node:fs';
import { once } from 'node:events';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/Either';
import { claimLogDirectory } from '../../adapters/shared/event-log/claim';
import { codeOf } from '../../adapters/shared/node-error';
import { readEventLog } from '../../adapters/monitor/runtime/read-event-log';
import { openLogWriter, type LogWriter, type LogWriterOptions } from '../../adapters/shared/event-log/write';
import { MIB } from '../../machines/shared/units';
import type { Envelope } from '../../machines/monitor/events/logged';
import { LOG_VERSION, type LogOpened } from '../../machines/shared/events/envelope';
import type { SampleTaken } from '../../machines/monitor/events/inputs';
import type { SizeDecided } from '../../machines/monitor/events/outputs';

const used: string[] = [];

/** Goes at the end of the run at the latest (run-directory/); outside of jest, with removeTempDirs. */
export const tempDir = (): string => {
  const dir = mkdtempSync(join(process.env['SPECS_DIRECTORY'] ?? tmpdir(), 'vm-monitor-log-'));
  used.push(dir);
  return dir;
};

export const removeTempDirs = (): void => {
  for (const dir of used.splice(0)) rmSync(dir, { recursive: true, force: true });
};

export const beat = (availableBytes = 3e9): SampleTaken => ({
  type: 'sample.taken',
  elapsedMs: 100,
  skippedSamples: 0,
  readings: {
    memory: {
      totalBytes: 4e9,
      availableBytes,
      freeBytes: 2e9,
      cachedBytes: 1e9,
      shmemBytes: 1e8,
      dirtyBytes: 0,
      writebackBytes: 0,
    },
    cpu: { onlineCpus: 2, procsRunning: 1, load1: 0.25, load5: 0.5 },
  },
});

export const decided = (reason = 'memory: 1 GiB in use'): SizeDecided => ({
  type: 'size.decided',
  desired: { cpu: 0.5, mem: 2 ** 31 },
  reason,
  parts: { mem: 2 ** 31 },
});

export const head = (state: unknown = null): LogOpened => ({
  type: 'log.opened',
  role: 'monitor',
  wallClock: '2031-01-01T00:00:00.000Z',
  bootId: 'boot-1',
  bootTimeMs: 1000,
  build: 'test',
  config: {},
  state,
});

/** One line as the writer makes it. */
export const line = (seq: number, event: object, v = LOG_VERSION): string =>
  `${JSON.stringify({ v, seq, at: seq * 100, event })}\n`;

/** A directory with these files. */
export const logDir = async (files: Readonly<Record<string, string | Buffer>>): Promise<string> => {
  const dir = tempDir();
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  return dir;
};

export const readAll = async (path: string, onNote?: (note: string) => void): Promise<Envelope[]> => {
  const all: Envelope[] = [];
  for await (const envelope of readEventLog(path, onNote)) all.push(envelope);
  return all;
};

export const seqsOf = (envelopes: readonly Envelope[]): number[] => envelopes.map(({ seq }) => seq);

export const count = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** What a writer told, in order. */
export interface Heard {
  readonly notes: string[];
  readonly broken: string[];
}

/** A writer on a claimed directory; unless told otherwise a new log with a generous bound. */
export const startWriter = async (
  dir: string,
  options: Partial<LogWriterOptions> = {},
): Promise<{ writer: LogWriter; heard: Heard }> => {
  const claimed = await claimLogDirectory(dir);
  if (isLeft(claimed)) throw new Error(claimed.left);
  const heard: Heard = { notes: [], broken: [] };
  const writer = await openLogWriter({
    directory: claimed.right,
    maxBytes: 64 * MIB,
    lastSeq: 0,
    resumedAfter: null,
    head: () => head(),
    onNote: (note) => heard.notes.push(note),
    onBroken: (reason) => heard.broken.push(reason),
    ...options,
  });
  return { writer, heard };
};

/** The files of the log, sorted; without locks. */
export const namesIn = async (dir: string): Promise<string[]> =>
  (await readdir(dir)).filter((name) => !name.startsWith('lock.')).sort();

/** Resolves when the names in the directory satisfy the condition, which is looked at after each change. */
export const untilNames = async (dir: string, condition: (names: string[]) => boolean): Promise<void> => {
  const watcher = watch(dir);
  try {
    for (;;) {
      const changed = once(watcher, 'change');
      if (condition(await namesIn(dir))) return;
      await changed;
    }
  } finally {
    watcher.close();
  }
};

/** Bytes of all files of the log; counted anew when one is compressed or removed during the count. */
export const bytesIn = async (dir: string): Promise<number> => {
  const sizes = (await namesIn(dir)).map(async (name) => (await stat(join(dir, name))).size);
  try {
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return bytesIn(dir);
    throw error;
  }
};
