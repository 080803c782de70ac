/** A log that is read while it is written. */
import { appendFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLog } from '../../../../adapters/shared/event-log/read';
import { Envelope } from '../../../../machines/monitor/events/logged';
import { KIB } from '../../../../machines/shared/units';
import { beat, count, head, line, logDir, removeTempDirs, startWriter, tempDir } from '../../../support/event-log';

afterAll(removeTempDirs);

/** Reads until `waits` are used up: each is done when the reader has come to the end, and stands for what is written then. */
const followed = async (path: string, waits: readonly (() => Promise<unknown>)[]) => {
  const notes: string[] = [];
  const seqs: number[] = [];
  const left = [...waits];
  const wait = async (): Promise<boolean> => {
    const next = left.shift();
    await next?.();
    return next !== undefined;
  };
  const options = { wait, onNote: (note: string) => void notes.push(note) };
  for await (const { seq } of readLog(path, Envelope, options)) seqs.push(seq);
  return { seqs, notes };
};

it('gives what a writer adds, across segments that are compressed meanwhile', async () => {
  const dir = tempDir();
  const { writer } = await startWriter(dir, { segmentBytes: 2 * KIB });
  const write = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) writer.appendInput(i, beat());
    await writer.flush();
  };
  await write();
  const { seqs, notes } = await followed(dir, [write, write, write]);
  const last = writer.appendInput(0, beat());
  await writer.close();
  expect(seqs).toEqual(count(1, seqs.length));
  expect(seqs.length).toBeGreaterThan(80);
  expect(last).toBeGreaterThan(seqs.length);
  expect(notes).toEqual([]);
});

it('waits for the rest of a line that is half written', async () => {
  const text = line(2, beat());
  const dir = await logDir({ '000000000001.ndjson': line(1, head()) + text.slice(0, 20) });
  const { seqs, notes } = await followed(dir, [
    () => appendFile(join(dir, '000000000001.ndjson'), text.slice(20)),
    () => Promise.resolve(),
  ]);
  expect({ seqs, notes }).toEqual({ seqs: [1, 2], notes: [] });
});

it('forgets a torn line that the next start cuts', async () => {
  const whole = line(1, head());
  const dir = await logDir({ '000000000001.ndjson': `${whole}{"v":2` });
  const { seqs, notes } = await followed(dir, [
    async () => {
      await truncate(join(dir, '000000000001.ndjson'), whole.length);
      await writeFile(join(dir, '000000000002.ndjson'), line(2, head()));
    },
  ]);
  expect({ seqs, notes }).toEqual({ seqs: [1, 2], notes: [] });
});

it('waits for the first segment', async () => {
  const dir = tempDir();
  const { seqs } = await followed(dir, [() => writeFile(join(dir, '000000000001.ndjson'), line(1, head()))]);
  expect(seqs).toEqual([1]);
});
