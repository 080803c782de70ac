/** How long a start takes when the log is full: the newest segment is read and folded again. */
import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { gzipName } from '../../adapters/shared/event-log/segments';
import type { Logger } from '../../adapters/shared/logging/logger';
import { engineSetup } from '../../adapters/monitor/runtime/engine-setup';
import { openLog } from '../../adapters/monitor/runtime/open-log';
import { engineFor } from '../../machines/monitor/engine/save';
import { MIB, SECOND_MS } from '../../machines/shared/units';
import { bytesIn, namesIn, tempDir } from '../support/event-log';
import { benchConfig } from './bench-config';
import { requireFreshBundle, startChildMonitor } from './child-monitor';
import { digits, distributionOf, resolution } from './figures';
import { recordLog } from './recorded-log';
import { atMost, type Bench, type Row } from './row';
import { createWorkload } from './workload';
import { SEGMENT_BYTES } from '../../adapters/shared/event-log/write';

const BEAT_MS = 100;
/** As many beats as fill a segment almost to the brim. */
const SEGMENT_SPAN_MS = 910 * SECOND_MS;
/** Leaves room for older segments before it. */
const NEWEST_AFTER_SEQ = 5_000_000;
const SEQ_PER_SEGMENT = 10_000;
const ROUNDS = 7;
const TARGET_S = 2;

const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A newest segment that is plain and almost full, and compressed ones before it up to the default bound. */
export const fullLog = async (): Promise<string> => {
  const dir = tempDir();
  await recordLog(dir, {
    durationMs: SEGMENT_SPAN_MS,
    workload: createWorkload('busy'),
    intervalMs: () => BEAT_MS,
    writer: { lastSeq: NEWEST_AFTER_SEQ },
  });
  const [newest, another] = await namesIn(dir);
  if (newest === undefined || another !== undefined) throw new Error('expected one segment');
  // The older ones are only listed and counted at a start, so one content serves for all.
  const older = gzipSync(await readFile(join(dir, newest)));
  const room = benchConfig({}).eventLogMaxBytes - SEGMENT_BYTES * 1.25;
  const files = Math.floor(room / older.length);
  for (let i = 0; i < files; i += 1) await writeFile(join(dir, gzipName(1 + i * SEQ_PER_SEGMENT)), older);
  return dir;
};

/** Each round begins with the same files: a start may compress or remove some. */
export const copyOf = async (dir: string): Promise<string> => {
  const copy = tempDir();
  for (const name of await namesIn(dir)) await copyFile(join(dir, name), join(copy, name));
  return copy;
};

const openLogSeconds = async (dir: string): Promise<number> => {
  const config = benchConfig({ eventLog: dir });
  const engine = engineFor(engineSetup(config));
  const begunAt = performance.now();
  const log = await openLog(config, engine, SILENT);
  const seconds = (performance.now() - begunAt) / 1000;
  await log.close();
  // What is decided is decided anew after a restart; the size that was desired is kept.
  if (log.dir === null || log.state.statechart.context.desired === null) throw new Error('the log was not used');
  return seconds;
};

const startSeconds = async (dir: string): Promise<number> => {
  const monitor = await startChildMonitor(['--event-log', dir]);
  await monitor.stop();
  return monitor.startMs / 1000;
};

const rowOf = async (name: string, note: string, dir: string, time: (dir: string) => Promise<number>): Promise<Row> => {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) seconds.push(await time(await copyOf(dir)));
  const spread = distributionOf(seconds);
  return atMost(TARGET_S, { name, value: spread.most, unit: 's', notes: [`${resolution(spread, 's')}; ${note}`] });
};

export const recovery: Bench = async () => {
  requireFreshBundle();
  const dir = await fullLog();
  const newest = (await readdir(dir)).filter((name) => name.endsWith('.ndjson'));
  const newestBytes = (await stat(join(dir, newest[0] ?? ''))).size;
  const full = `a log of ${digits((await bytesIn(dir)) / MIB)} MiB, its newest segment ${digits(newestBytes / MIB)} MiB`;
  return [
    await rowOf(
      'recovery: opening a full log (slowest)',
      `${full}; the first round not yet compiled`,
      dir,
      openLogSeconds,
    ),
    await rowOf('recovery: vm-monitor until it listens (slowest)', 'the same log, with the process', dir, startSeconds),
  ];
};
