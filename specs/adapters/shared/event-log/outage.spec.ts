import { execFileSync } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { overflowReason } from '../../../../adapters/shared/event-log/overflow';
import type { LogWriter } from '../../../../adapters/shared/event-log/write';
import { KIB, MIB } from '../../../../machines/shared/units';
import {
  beat,
  count,
  head,
  readAll,
  removeTempDirs,
  seqsOf,
  startWriter,
  tempDir,
  type Heard,
} from '../../../support/event-log';

const RETRY_MS = 20;

/** A real small disk. */
const mountTmpfs = (bytes: number): string => {
  const dir = tempDir();
  if (process.getuid?.() !== 0) throw new Error('this spec needs root: it mounts a small tmpfs to fill it');
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir]);
  mounted.push(dir);
  return dir;
};
const mounted: string[] = [];

/** Appends an input a turn until the condition holds, so that the writer's retries come by. */
const appendUntil = async (writer: LogWriter, condition: () => boolean): Promise<void> => {
  while (!condition()) {
    writer.appendInput(0, beat());
    await writer.flush();
    await new Promise(setImmediate);
  }
};

afterEach(() => {
  for (const dir of mounted.splice(0)) execFileSync('umount', [dir]);
});
afterAll(removeTempDirs);

describe('on a full disk', () => {
  const fillUp = async (): Promise<{ dir: string; filler: string; writer: LogWriter; heard: Heard }> => {
    const dir = mountTmpfs(MIB);
    const filler = join(dir, 'filler');
    await writeFile(filler, Buffer.alloc(MIB - 64 * KIB));
    const { writer, heard } = await startWriter(dir, { retryMs: RETRY_MS });
    await appendUntil(writer, () => writer.broken);
    return { dir, filler, writer, heard };
  };

  it('says once that the log is broken, counts on, and leaves whole lines', async () => {
    const { dir, writer, heard } = await fillUp();
    expect(heard.broken).toEqual([expect.stringMatching(/ENOSPC/)]);
    const before = writer.appendInput(0, beat());
    expect(writer.appendInput(0, beat())).toBe(before + 1);
    await writer.flush();
    const notes: string[] = [];
    const seqs = seqsOf(await readAll(dir, (note) => notes.push(note)));
    expect(seqs).toEqual(count(1, seqs.length));
    expect(notes).toEqual([]);
    await writer.close();
  });

  it('tries again and again without further words, and leaves no empty segments', async () => {
    const { dir, writer, heard } = await fillUp();
    const start = writer.appendInput(0, beat());
    // Two inputs a round, and one more number for the log.opened of each attempt: waits for the third attempt.
    let inputs = 0;
    await appendUntil(writer, () => {
      inputs += 1;
      return writer.appendInput(0, beat()) - start >= 2 * inputs + 2;
    });
    expect(writer.broken).toBe(true);
    expect(heard.broken.length).toBe(1);
    expect(heard.notes.filter((note) => note.includes('works again'))).toEqual([]);
    expect((await readdir(dir)).filter((name) => name.endsWith('.ndjson')).length).toBeLessThanOrEqual(1);
    await writer.close();
  });

  it('goes on in a new segment when there is space again, and readers accept the gap', async () => {
    const { dir, filler, writer, heard } = await fillUp();
    await rm(filler);
    await appendUntil(writer, () => !writer.broken);
    const last = writer.appendInput(5, beat());
    await writer.close();
    const notes: string[] = [];
    const all = await readAll(dir, (note) => notes.push(note));
    const resumed = all.findIndex(({ event }) => event.type === 'log.opened' && event.resumedAfter !== undefined);
    const lastBefore = all[resumed - 1]!.seq;
    const firstAfter = all[resumed]!.seq;
    expect(all[resumed]!.event).toEqual({ ...head(), resumedAfter: lastBefore });
    expect(seqsOf(all)).toEqual([...count(1, lastBefore), ...count(firstAfter, last)]);
    expect(notes).toEqual([
      expect.stringContaining(`: ${firstAfter - 1 - lastBefore} lines after seq ${lastBefore} were lost`),
    ]);
    expect(heard.notes).toContain(`the event log works again; ${firstAfter - 1 - lastBefore} lines were lost`);
    expect(heard.broken.length).toBe(1);
  });

  it('says so again at the next outage', async () => {
    const { filler, writer, heard } = await fillUp();
    await rm(filler);
    await appendUntil(writer, () => !writer.broken);
    await writeFile(filler, Buffer.alloc(MIB)).catch(() => undefined);
    await appendUntil(writer, () => writer.broken);
    expect(heard.broken.length).toBe(2);
    await writer.close();
  });
});

describe('when more waits than the buffer holds', () => {
  it('drops what waits, says so, and resumes after the last line on the disk', async () => {
    const dir = tempDir();
    const { writer, heard } = await startWriter(dir, { retryMs: RETRY_MS, bufferBytes: 4 * KIB });
    writer.appendInput(0, beat());
    await writer.flush();
    // No write can end before this loop does, as with a disk that hangs.
    for (let i = 0; i < 50; i += 1) writer.appendInput(i, beat());
    expect(heard.broken).toEqual([
      expect.stringMatching(/^input comes faster than it can be written \(.*\): 4 KiB wait .*, the bound is 4 KiB$/),
    ]);
    expect(writer.broken).toBe(true);
    await appendUntil(writer, () => !writer.broken);
    await writer.close();
    const all = await readAll(dir);
    expect(seqsOf(all).slice(0, 2)).toEqual([1, 2]);
    expect(all[2]?.event).toEqual({ ...head(), resumedAfter: 2 });
    expect(heard.notes).toEqual([`the event log works again; ${all[2]!.seq - 3} lines were lost`]);
  });

  it.each([
    [0, /^input comes faster/],
    [999, /^input comes faster/],
    [12_000, /^the disk stalls: a write has been under way for 12 s; 1000 KiB wait to be written, the bound is 1 MiB$/],
  ])('tells a burst from a stalled disk: a write under way for %d ms', (writingMs, expected) => {
    const overflow = { lineBytes: 60 * KIB, bufferedBytes: 1000 * KIB, maxBytes: MIB, writingMs };
    expect(overflowReason(overflow)).toMatch(expected);
  });

  it('keeps the lines whose write was under way', async () => {
    const dir = tempDir();
    const { writer } = await startWriter(dir, { retryMs: RETRY_MS, bufferBytes: 4 * KIB });
    writer.appendInput(0, beat());
    const flushed = writer.flush();
    for (let i = 0; i < 50; i += 1) writer.appendInput(i, beat());
    await flushed;
    expect(seqsOf(await readAll(dir))).toEqual([1, 2]);
    expect(writer.broken).toBe(true);
    await writer.close();
  });

  it('is broken too when the state of the head alone is too large', async () => {
    const dir = tempDir();
    const { writer, heard } = await startWriter(dir, { bufferBytes: KIB, head: () => head('x'.repeat(KIB)) });
    expect(writer.appendInput(0, beat())).toBe(2);
    expect(heard.broken).toEqual(['one line has 1 KiB, the bound is 1 KiB']);
    await writer.close();
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('when the directory goes away', () => {
  it('is broken with the reason, and works again when it is back', async () => {
    const dir = join(tempDir(), 'log');
    const { writer, heard } = await startWriter(dir, { retryMs: RETRY_MS });
    await rm(dir, { recursive: true });
    writer.appendInput(0, beat());
    await writer.flush();
    expect(heard.broken).toEqual([expect.stringMatching(/ENOENT/)]);
    execFileSync('mkdir', [dir]);
    await appendUntil(writer, () => !writer.broken);
    await writer.close();
    expect((await readAll(dir))[0]?.event.type).toBe('log.opened');
  });
});
