import { EventEmitter, once } from 'node:events';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { KIB } from '../../../../machines/shared/units';
import {
  beat,
  bytesIn,
  count,
  decided,
  head,
  line,
  logDir,
  namesIn,
  readAll,
  removeTempDirs,
  seqsOf,
  startWriter,
  tempDir,
  untilNames,
} from '../../../support/event-log';

const SEGMENT = 2 * KIB;

afterAll(removeTempDirs);

describe('the log writer', () => {
  it('begins a segment with log.opened and gives each event its seq', async () => {
    const dir = tempDir();
    const { writer } = await startWriter(dir, { lastSeq: 41, head: (at) => head({ at }) });
    expect(writer.appendInput(700, beat())).toBe(43);
    expect(writer.appendOutput(700, decided())).toBe(44);
    await writer.close();
    expect(await readdir(dir)).toEqual(['000000000042.ndjson']); // And no lock.
    expect(await readAll(dir)).toEqual([
      { v: 2, seq: 42, at: 700, event: head({ at: 700 }) },
      { v: 2, seq: 43, at: 700, event: beat() },
      { v: 2, seq: 44, at: 700, event: decided() },
    ]);
  });

  it('writes nothing before the first input', async () => {
    const dir = tempDir();
    const { writer } = await startWriter(dir);
    await writer.flush();
    await writer.close();
    expect(await readdir(dir)).toEqual([]);
  });

  it('brings lines to the disk by itself', async () => {
    const dir = tempDir();
    const { writer } = await startWriter(dir);
    writer.appendInput(0, beat());
    await untilNames(dir, (names) => names.includes('000000000001.ndjson'));
    writer.appendOutput(0, decided());
    await writer.close();
    expect(seqsOf(await readAll(dir))).toEqual([1, 2, 3]);
  });

  it('makes directory and files readable for their owner alone', async () => {
    const dir = join(tempDir(), 'new', 'log');
    const { writer } = await startWriter(dir);
    writer.appendInput(0, beat());
    await writer.flush();
    const files = (await readdir(dir)).map((name) => join(dir, name));
    const modes = [dir, ...files].map(async (path) => (await stat(path)).mode & 0o777);
    expect(await Promise.all(modes)).toEqual([0o700, 0o600, 0o600]);
    await writer.close();
  });

  it('says when there is no room to close in good order, and does not fail', async () => {
    const dir = tempDir();
    const { writer, heard } = await startWriter(dir, {
      directory: { dir, release: () => Promise.reject(new Error('the lock is stuck')) },
    });
    await writer.close();
    expect(heard.notes).toEqual(['the log was not closed in good order: the lock is stuck']);
  });
});

describe('rotation', () => {
  it('closes a full segment before an input, never between an input and its outputs', async () => {
    const dir = tempDir();
    const { writer } = await startWriter(dir, { segmentBytes: SEGMENT });
    for (let i = 0; i < 60; i += 1) {
      writer.appendInput(i, beat());
      writer.appendOutput(i, decided());
      writer.appendOutput(i, decided());
    }
    await writer.close();
    const all = await readAll(dir);
    expect(seqsOf(all)).toEqual(count(1, all.length));
    const types = all.map(({ event }) => event.type);
    const heads = [...types.keys()].filter((i) => types[i] === 'log.opened');
    expect(heads.length).toBeGreaterThan(5);
    for (const i of heads) expect(types.slice(i + 1, i + 4)).toEqual(['sample.taken', 'size.decided', 'size.decided']);
    const segments = (await readdir(dir)).map((name) => Number(name.slice(0, 12)));
    expect([...new Set(segments)]).toEqual(heads.map((i) => i + 1));
  });

  it('takes the state for the head at the instant of the rotation', async () => {
    const dir = tempDir();
    let inputs = 0;
    const { writer } = await startWriter(dir, { segmentBytes: SEGMENT, head: () => head({ inputs }) });
    for (; inputs < 30; inputs += 1) writer.appendInput(inputs, beat());
    await writer.close();
    let observed = 0;
    for (const { event } of await readAll(dir)) {
      if (event.type === 'log.opened') expect(event.state).toEqual({ inputs: observed });
      else observed += 1;
    }
    expect(observed).toBe(30);
  });

  it('compresses closed segments and leaves the active one plain', async () => {
    const dir = tempDir();
    const { writer } = await startWriter(dir, { segmentBytes: SEGMENT });
    for (let i = 0; i < 40; i += 1) writer.appendInput(i, beat());
    await writer.flush();
    await untilNames(dir, (names) => names.filter((name) => !name.endsWith('.gz')).length === 1);
    const names = await namesIn(dir);
    expect(names.at(-1)).toMatch(/^\d{12}\.ndjson$/);
    expect(names.slice(0, -1)).toEqual(names.filter((name) => /^\d{12}\.ndjson\.gz$/.test(name)));
    expect(names.length).toBeGreaterThan(3);
    await writer.close();
    expect(seqsOf(await readAll(dir))).toEqual(count(1, 40 + names.length));
  });

  it('compresses at the next start what an earlier process left, and removes its leftovers', async () => {
    const content = line(1, head()) + line(2, beat());
    const dir = await logDir({
      '000000000001.ndjson': content,
      '000000000001.ndjson.gz': gzipSync('an older copy'),
      '000000000001.ndjson.gz.tmp': 'half a co',
    });
    const { writer } = await startWriter(dir, { lastSeq: 2 });
    await untilNames(dir, (names) => names.join() === '000000000001.ndjson.gz');
    writer.appendInput(1, beat());
    await writer.close();
    expect(seqsOf(await readAll(dir))).toEqual([1, 2, 3, 4]);
  });

  it('says which segment it could not compress, and keeps it', async () => {
    const dir = tempDir();
    const said = new EventEmitter();
    const onNote = (note: string): boolean => said.emit('note', note);
    const { writer, heard } = await startWriter(dir, { segmentBytes: SEGMENT, onNote });
    await mkdir(join(dir, '000000000001.ndjson.gz', 'in the way'), { recursive: true });
    for (let i = 0; i < 10; i += 1) writer.appendInput(i, beat());
    expect(await once(said, 'note')).toEqual([expect.stringMatching(/^000000000001\.ndjson is not compressed: /)]);
    await writer.close();
    expect(await namesIn(dir)).toContain('000000000001.ndjson');
    expect(heard.broken).toEqual([]);
  });
});

describe('the bound', () => {
  const MAX = 64 * KIB;

  it('holds after every write through many rotations, and the newest history is kept', async () => {
    const dir = tempDir();
    const { writer, heard } = await startWriter(dir, { maxBytes: MAX });
    let largest = 0;
    for (let i = 0; i < 3000; i += 1) {
      // Random digits keep the compression from doing the work of the bound.
      writer.appendInput(i, beat(i * 7_919_317));
      writer.appendOutput(i, decided(Buffer.from(String(Math.sin(i))).toString('base64')));
      if (i % 10 !== 0) continue;
      await writer.flush();
      largest = Math.max(largest, await bytesIn(dir));
    }
    await writer.close();
    expect(largest).toBeLessThanOrEqual(MAX);
    expect(largest).toBeGreaterThan(MAX / 2);
    const seqs = seqsOf(await readAll(dir));
    expect(seqs[0]).toBeGreaterThan(1);
    expect(seqs).toEqual(count(seqs[0]!, seqs.at(-1)!));
    expect(heard).toEqual({ notes: [], broken: [] });
  });

  it('holds from the first write on when it has been lowered, and counts what was set aside', async () => {
    const old = '#'.repeat(40 * KIB);
    const dir = await logDir({
      '000000000001.ndjson.broken': old,
      '000000000002.ndjson.gz.broken': old,
      '000000000003.ndjson.broken': old,
    });
    const { writer } = await startWriter(dir, { maxBytes: MAX, lastSeq: 3 });
    writer.appendInput(0, beat());
    await writer.flush();
    expect(await namesIn(dir)).toEqual(['000000000003.ndjson.broken', '000000000004.ndjson']);
    await writer.close();
  });
});
