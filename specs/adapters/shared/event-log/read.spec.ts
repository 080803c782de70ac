import { execFileSync } from 'node:child_process';
import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EventLogError } from '../../../../adapters/shared/event-log/event-log-error';
import { readEventLog } from '../../../../adapters/monitor/runtime/read-event-log';
import type { Envelope } from '../../../../machines/monitor/events/logged';
import {
  beat,
  count,
  decided,
  head,
  line,
  logDir,
  readAll,
  removeTempDirs,
  seqsOf,
  tempDir,
} from '../../../support/event-log';

const FIRST = '000000000001.ndjson';
const opened = (seq: number, resumedAfter?: number): string =>
  line(seq, resumedAfter === undefined ? head() : { ...head(), resumedAfter });
const samples = (from: number, to: number): string =>
  count(from, to)
    .map((seq) => line(seq, beat()))
    .join('');

/** What came out before the error, and the error. */
const readUntilError = async (path: string): Promise<{ seqs: number[]; error: EventLogError }> => {
  const seqs: number[] = [];
  try {
    for await (const { seq } of readEventLog(path)) seqs.push(seq);
  } catch (error) {
    if (error instanceof EventLogError) return { seqs, error };
    throw error;
  }
  throw new Error(`no error; read ${seqs.join()}`);
};

afterAll(removeTempDirs);

describe('readEventLog', () => {
  it('gives the lines of a directory in order, across plain and compressed segments', async () => {
    const dir = await logDir({
      '000000000001.ndjson.gz': gzipSync(opened(1) + samples(2, 5)),
      '000000000006.ndjson': opened(6) + samples(7, 8) + line(9, decided()),
    });
    const all = await readAll(dir);
    expect(seqsOf(all)).toEqual(count(1, 9));
    expect(all[1]).toEqual({ v: 2, seq: 2, at: 200, event: beat() } satisfies Envelope);
    expect(all[8]?.event).toEqual(decided());
  });

  it.each([
    ['plain', 'recorded.ndjson', opened(7) + samples(8, 9)],
    ['compressed', 'recorded.ndjson.gz', gzipSync(opened(7) + samples(8, 9))],
  ])('reads one %s file of any name', async (_kind, name, content) => {
    const dir = await logDir({ [name]: content });
    expect(seqsOf(await readAll(join(dir, name)))).toEqual([7, 8, 9]);
  });

  it('takes a missing head for no gap', async () => {
    const dir = await logDir({ '000000000400.ndjson': opened(400) + samples(401, 402) });
    expect(seqsOf(await readAll(dir))).toEqual([400, 401, 402]);
  });

  it('reads lines and characters that lie across the chunks of the file', async () => {
    const reason = 'größer – 12 €'.repeat(500);
    const lines = count(2, 60).map((seq) => line(seq, decided(reason)));
    const all = await readAll(join(await logDir({ [FIRST]: opened(1) + lines.join('') }), FIRST));
    expect(all.slice(1).map(({ event }) => event)).toEqual(lines.map(() => decided(reason)));
  });

  it('goes on after a failed write where log.opened names the last seq', async () => {
    const dir = await logDir({
      [FIRST]: opened(1) + samples(2, 3),
      '000000000010.ndjson': opened(10, 3) + samples(11, 12),
    });
    expect(seqsOf(await readAll(dir))).toEqual([1, 2, 3, 10, 11, 12]);
  });

  it('ignores a torn last line of the last segment, and says so', async () => {
    const notes: string[] = [];
    const dir = await logDir({ [FIRST]: opened(1) + samples(2, 3) + '{"v":2,"se' });
    expect(seqsOf(await readAll(dir, (note) => notes.push(note)))).toEqual([1, 2, 3]);
    expect(notes).toEqual([`${FIRST}: the last line is torn (10 bytes without a line end), ignored`]);
  });

  it('reads whatever the last segment is cut to', async () => {
    const last = opened(4) + line(5, decided('größer'));
    const dir = tempDir();
    const bytes = Buffer.from(last);
    for (let length = 0; length <= bytes.length; length += 1) {
      const cut = bytes.subarray(0, length);
      await writeFile(join(dir, '000000000004.ndjson'), cut);
      const wholeLines = cut.filter((byte) => byte === 0x0a).length;
      expect(seqsOf(await readAll(dir))).toEqual(count(4, 3 + wholeLines));
    }
  });

  it('finds a segment that is compressed between the look at the directory and its opening', async () => {
    const dir = await logDir({ '000000000001.ndjson.gz': gzipSync(opened(1) + samples(2, 3)) });
    await writeFile(join(dir, '000000000004.ndjson'), opened(4));
    const log = readEventLog(dir);
    await log.next();
    await writeFile(join(dir, '000000000004.ndjson.gz'), gzipSync(opened(4) + samples(5, 5)));
    const rest: number[] = [];
    await unlink(join(dir, '000000000004.ndjson'));
    for await (const { seq } of log) rest.push(seq);
    expect(rest).toEqual([2, 3, 4, 5]);
  });
});

describe('readEventLog rejects, with file, line and reason,', () => {
  const withBad = (bad: string): string => opened(1) + samples(2, 3) + bad + samples(5, 5);

  it.each<[string, string, string]>([
    ['a gap', withBad('') + samples(6, 6), 'seq 5 follows 3: a line is missing'],
    ['a repeated seq', withBad(samples(3, 3)), 'seq 3 follows 3: a line is repeated'],
    ['a seq that went back', withBad(samples(2, 2)), 'seq 2 follows 3: a line is repeated'],
    ['a foreign version', withBad(line(4, beat(), 3)), 'format version 3 is not known (this build reads 1 and 2)'],
    ['a line that is no JSON', withBad('what is this\n'), 'not JSON: what is this'],
    ['an empty line', withBad('\n'), 'not JSON: '],
    ['no object', withBad('17\n'), 'expected '],
    ['no version', withBad('{"seq":4,"at":1,"event":{}}\n'), 'v: expected 2, found nothing'],
    [
      'an unknown event',
      withBad(line(4, { type: 'cat.fed' })),
      'event: expected one of the known types, found {"type":"cat.fed"}',
    ],
    [
      'an ill-typed field',
      withBad(line(4, { ...beat(), readings: { memory: { totalBytes: 'much' } } })),
      'event.readings.memory.totalBytes: expected a finite number, found "much"',
    ],
    [
      'a missing field',
      withBad(line(4, { ...decided(), desired: { cpu: 1 } })),
      'event.desired.mem: expected bytes from 0 to 1125899906842624, found nothing',
    ],
    ['a wrong resumedAfter', withBad(opened(9, 7)), 'log.opened resumes after seq 7, but the last one is 3'],
  ])('%s', async (_name, content, reason) => {
    const { seqs, error } = await readUntilError(await logDir({ [FIRST]: content }));
    expect(seqs).toEqual([1, 2, 3]);
    expect(error).toMatchObject({ file: FIRST, line: 4 });
    expect(error.message).toContain(reason);
    expect(error.message.startsWith(`${FIRST}:4: `)).toBe(true);
  });

  it('a segment without log.opened', async () => {
    const dir = await logDir({ [FIRST]: opened(1) + samples(2, 3), '000000000004.ndjson': samples(4, 5) });
    const { seqs, error } = await readUntilError(dir);
    expect(seqs).toEqual([1, 2, 3]);
    expect(error.message).toBe('000000000004.ndjson:1: a segment begins with log.opened, this one with sample.taken');
  });

  it('a missing segment', async () => {
    const dir = await logDir({ [FIRST]: opened(1) + samples(2, 3), '000000000009.ndjson': opened(9) });
    expect((await readUntilError(dir)).error.message).toBe('000000000009.ndjson:1: seq 9 follows 3: a line is missing');
  });

  it('a first seq that is no whole number', async () => {
    const dir = await logDir({ [FIRST]: line(1.5, head()) });
    expect((await readUntilError(dir)).error.message).toBe(`${FIRST}:1: seq 1.5 is not a whole number from 1`);
  });

  it('a torn line in a segment that is not the last', async () => {
    const dir = await logDir({ [FIRST]: `${opened(1)}{"v"`, '000000000002.ndjson': opened(2) });
    expect((await readUntilError(dir)).error.message).toBe(
      `${FIRST}: the last line is torn (4 bytes without a line end)`,
    );
  });

  it('a compressed segment that is cut short', async () => {
    const gzip = gzipSync(opened(1) + samples(2, 3));
    const dir = await logDir({ '000000000001.ndjson.gz': gzip.subarray(0, gzip.length - 12) });
    expect((await readUntilError(dir)).error.message).toBe('000000000001.ndjson.gz: unexpected end of file');
  });

  it('a file without line ends', async () => {
    const dir = await logDir({ [FIRST]: Buffer.alloc(3 * 2 ** 20) });
    expect((await readUntilError(dir)).error.message).toBe(`${FIRST}: a line longer than 1048576 bytes`);
  });

  it('a FIFO, without waiting for its other end', async () => {
    const dir = tempDir();
    execFileSync('mkfifo', [join(dir, FIRST)]);
    expect((await readUntilError(dir)).error.message).toBe(`${FIRST}: expected a regular file, found a FIFO`);
  });

  it('lists nested without end', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const { error } = await readUntilError(
      await logDir({ [FIRST]: `${opened(1)}{"v":2,"seq":2,"at":2,"event":${deep}}\n` }),
    );
    expect(error.message).toBe(`${FIRST}:2: lists and objects within one another for more than 64 levels`);
  });

  it('a directory without segments', async () => {
    const dir = tempDir();
    expect((await readUntilError(dir)).error.message).toBe(
      `${dir}: holds no segment (NNNNNNNNNNNN.ndjson or .ndjson.gz)`,
    );
  });

  it('a path that does not exist', async () => {
    const path = join(tempDir(), 'nothing');
    expect((await readUntilError(path)).error.message).toContain(`${path}: ENOENT`);
  });
});
