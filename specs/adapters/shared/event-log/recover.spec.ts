import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/Either';
import { gzipSync } from 'node:zlib';
import { Envelope } from '../../../../machines/monitor/events/logged';
import { recoverEventLog, type Recovered } from '../../../../adapters/shared/event-log/recover';
import {
  beat,
  count,
  head,
  line,
  logDir,
  readAll,
  removeTempDirs,
  seqsOf,
  startWriter,
  tempDir,
} from '../../../support/event-log';

const opened = (seq: number, state: unknown = null): string => line(seq, head(state));
const samples = (from: number, to: number): string =>
  count(from, to)
    .map((seq) => line(seq, beat()))
    .join('');

const recover = async (dir: string): Promise<Recovered<Envelope>> => {
  const recovered = await recoverEventLog({ dir, release: () => Promise.resolve() }, Envelope);
  if (isLeft(recovered)) throw new Error(recovered.left);
  return recovered.right;
};

const tailSeqs = async (recovered: Recovered<Envelope>): Promise<number[]> => {
  const seqs: number[] = [];
  for await (const { seq } of recovered.tail()) seqs.push(seq);
  return seqs;
};

/** One more process start: recovers, appends one input, closes. */
const restart = async (dir: string): Promise<Recovered<Envelope>> => {
  const recovered = await recover(dir);
  const { writer } = await startWriter(dir, recovered);
  writer.appendInput(recovered.lastAt + 1, beat());
  await writer.close();
  return recovered;
};

afterAll(removeTempDirs);

describe('recoverEventLog', () => {
  it('begins a new log at 0 in an empty directory', async () => {
    const recovered = await recover(tempDir());
    expect(recovered).toMatchObject({ lastSeq: 0, lastAt: 0, resumedAfter: null, opened: null, notes: [] });
    expect(await tailSeqs(recovered)).toEqual([]);
  });

  it('gives the head and the lines of the newest segment', async () => {
    const dir = await logDir({
      '000000000001.ndjson.gz': gzipSync(opened(1) + samples(2, 4)),
      '000000000005.ndjson': opened(5, { wish: 3 }) + samples(6, 9),
    });
    const recovered = await recover(dir);
    expect(recovered).toMatchObject({ lastSeq: 9, lastAt: 900, resumedAfter: null, openedAt: 500, notes: [] });
    expect(recovered.opened).toEqual(head({ wish: 3 }));
    expect(await tailSeqs(recovered)).toEqual([6, 7, 8, 9]);
  });

  it('looks at the newest segment only', async () => {
    const dir = await logDir({ '000000000001.ndjson.gz': 'garbage', '000000000005.ndjson': opened(5) + samples(6, 6) });
    expect(await recover(dir)).toMatchObject({ lastSeq: 6, notes: [] });
  });

  it('reads a newest segment that has been compressed', async () => {
    const dir = await logDir({ '000000000003.ndjson.gz': gzipSync(opened(3) + samples(4, 5)) });
    expect(await recover(dir)).toMatchObject({ lastSeq: 5, openedAt: 300 });
  });

  it('cuts a torn last line and says so', async () => {
    const whole = opened(1) + samples(2, 3);
    const dir = await logDir({ '000000000001.ndjson': `${whole}{"v":2,"seq":4,"größe` });
    const recovered = await recover(dir);
    expect(recovered).toMatchObject({ lastSeq: 3, lastAt: 300 });
    expect(recovered.notes).toEqual(['000000000001.ndjson: a torn last line of 23 bytes was cut']);
    expect(await readFile(join(dir, '000000000001.ndjson'), 'utf8')).toBe(whole);
  });

  it.each([
    ['empty', ''],
    ['a torn head', '{"v":2,"seq":4,'],
  ])('removes a newest segment that holds no whole line: %s', async (_name, content) => {
    const dir = await logDir({ '000000000001.ndjson': opened(1) + samples(2, 3), '000000000004.ndjson': content });
    const recovered = await recover(dir);
    expect(recovered).toMatchObject({ lastSeq: 3, resumedAfter: null });
    expect(recovered.notes).toEqual(['000000000004.ndjson: removed, it holds no whole line']);
    expect(await readdir(dir)).toEqual(['000000000001.ndjson']);
  });

  it('sets a damaged newest segment aside untouched and goes on from the one before', async () => {
    const damaged = `${opened(4)}${samples(5, 6)}#!?\n${samples(8, 9)}{"v":2`;
    const dir = await logDir({
      '000000000001.ndjson.gz': gzipSync(opened(1, 'before') + samples(2, 3)),
      '000000000004.ndjson': damaged,
    });
    const recovered = await recover(dir);
    expect(recovered).toMatchObject({ lastSeq: 9, lastAt: 900, resumedAfter: 3, openedAt: 100 });
    expect(recovered.opened?.state).toBe('before');
    expect(await tailSeqs(recovered)).toEqual([2, 3]);
    expect(recovered.notes).toEqual(['000000000004.ndjson:4: not JSON: #!?; set aside as 000000000004.ndjson.broken']);
    expect(await readFile(join(dir, '000000000004.ndjson.broken'), 'utf8')).toBe(damaged);
  });

  it('sets a compressed segment aside that ends within a line', async () => {
    const dir = await logDir({ '000000000001.ndjson.gz': gzipSync(`${opened(1)}{"v"`) });
    const recovered = await recover(dir);
    expect(recovered).toMatchObject({ lastSeq: 1, resumedAfter: null, opened: null });
    expect(await readdir(dir)).toEqual(['000000000001.ndjson.gz.broken']);
  });

  it.each<[string, (path: string) => unknown, string]>([
    ['a FIFO', (path) => execFileSync('mkfifo', [path]), 'a FIFO'],
    [
      'a directory',
      (path) => {
        mkdirSync(path);
      },
      'a directory',
    ],
    [
      'a link to a device',
      (path) => {
        symlinkSync('/dev/zero', path);
      },
      'a device',
    ],
  ])('sets %s in the newest place aside and does not wait for it', async (_name, make, kind) => {
    const dir = await logDir({ '000000000001.ndjson': opened(1) + samples(2, 3) });
    make(join(dir, '000000000004.ndjson'));
    const recovered = await recover(dir);
    expect(recovered).toMatchObject({ lastSeq: 4, resumedAfter: 3 });
    expect(recovered.notes).toEqual([
      `000000000004.ndjson: expected a regular file, found ${kind}; set aside as 000000000004.ndjson.broken`,
    ]);
    expect(await readdir(dir)).toContain('000000000004.ndjson.broken');
  });

  it('sets a segment aside one of whose lines is nested without end', async () => {
    const deep = `{"v":2,"seq":5,"at":5,"event":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}\n`;
    const dir = await logDir({
      '000000000001.ndjson': opened(1) + samples(2, 3),
      '000000000004.ndjson': opened(4) + deep + samples(6, 6),
    });
    const recovered = await recover(dir);
    expect(recovered).toMatchObject({ lastSeq: 6, resumedAfter: 3 });
    expect(recovered.notes).toEqual([
      '000000000004.ndjson:2: lists and objects within one another for more than 64 levels; ' +
        'set aside as 000000000004.ndjson.broken',
    ]);
  });

  it('takes no number from a line whose checksum is wrong', async () => {
    const dir = tempDir();
    const { writer } = await startWriter(dir);
    for (let i = 1; i < 4; i += 1) writer.appendInput(i, beat());
    await writer.close();
    const path = join(dir, '000000000001.ndjson');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"seq":4,', '"seq":4000,'));
    const recovered = await recover(dir);
    expect(recovered).toMatchObject({ lastSeq: 4, opened: null });
    expect(recovered.notes).toEqual([
      '000000000001.ndjson:4: the checksum is wrong: the line is not as it was written; ' +
        'set aside as 000000000001.ndjson.broken',
    ]);
  });

  it('says why where the directory cannot be read', async () => {
    const dir = join(tempDir(), 'gone');
    const recovered = await recoverEventLog({ dir, release: () => Promise.resolve() }, Envelope);
    expect(isLeft(recovered) && recovered.left).toContain('ENOENT');
  });
});

describe('a restarted monitor', () => {
  it('continues seq and leaves one readable log', async () => {
    const dir = tempDir();
    expect((await restart(dir)).lastSeq).toBe(0);
    expect((await restart(dir)).lastSeq).toBe(2);
    expect((await restart(dir)).lastSeq).toBe(4);
    const all = await readAll(dir);
    expect(seqsOf(all)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(all.map(({ event }) => event.type === 'log.opened')).toEqual([true, false, true, false, true, false]);
  });

  it.each([
    ['a torn tail', `${opened(1)}${samples(2, 3)}{"v":2`, [1, 2, 3, 4, 5]],
    ['a damaged only segment', `${opened(1)}${samples(2, 3)}??\n`, [4, 5]],
    ['a segment of a newer build', `${line(1, head(), 3)}${line(2, beat(), 3)}`, [3, 4]],
    ['a segment of zeros', Buffer.alloc(5000), [1, 2]],
  ])('leaves a readable log after %s', async (_name, content, expected) => {
    const dir = await logDir({ '000000000001.ndjson': content });
    await restart(dir);
    expect(seqsOf(await readAll(dir))).toEqual(expected);
  });

  it('leaves a readable log after damage in the newest of two segments', async () => {
    const dir = await logDir({ '000000000001.ndjson': opened(1) + samples(2, 3) });
    await writeFile(join(dir, '000000000004.ndjson'), `${opened(4)}{]\n`);
    await restart(dir);
    const all = await readAll(dir);
    expect(seqsOf(all)).toEqual([1, 2, 3, 5, 6]);
    expect(all[3]?.event).toEqual({ ...head(), resumedAfter: 3 });
  });
});
