import { execFileSync } from 'node:child_process';
import { closeSync, constants, createReadStream, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Output, PENDING_MAX_CHARS } from '../../../../adapters/shared/logging/output';

/** A pipe holds 64 KiB (pipe(7)); what is written beyond it waits for the reader. */
const LINE = 'x'.repeat(1023);
const LINES_BEYOND_THE_PIPE = 128;

describe('the output of log lines', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'output-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  /** A pipe that nobody reads yet. Opened for both ends, so that opening does not wait either. */
  const openPipe = (): { path: string; fd: number } => {
    const path = join(dir, 'pipe');
    execFileSync('mkfifo', [path]);
    return { path, fd: openSync(path, constants.O_RDWR) };
  };

  const readBytes = (path: string, bytes: number): Promise<string> =>
    new Promise((resolve) => {
      const stream = createReadStream(path, { encoding: 'utf8' });
      let text = '';
      stream.on('data', (chunk) => {
        text += String(chunk);
        if (text.length < bytes) return;
        stream.destroy();
        resolve(text);
      });
    });

  it('writes lines in their order', async () => {
    const path = join(dir, 'file');
    const fd = openSync(path, 'w');
    const output = new Output(fd);
    for (const line of ['a', 'b', 'c']) output.writeLine(line);
    await output.flushed();
    output.writeLine('d');
    await output.flushed();
    closeSync(fd);
    expect(readFileSync(path, 'utf8')).toBe('a\nb\nc\nd\n');
  });

  it('does not stop the process when its reader stalls, and loses nothing within the bound', async () => {
    const { path, fd } = openPipe();
    const output = new Output(fd);
    for (let n = 0; n < LINES_BEYOND_THE_PIPE; n += 1) output.writeLine(LINE);
    // The event loop turns although the pipe is full: the very thing that a synchronous write prevents.
    await new Promise((resolve) => setImmediate(resolve));
    const text = await readBytes(path, LINES_BEYOND_THE_PIPE * 1024);
    await output.flushed();
    closeSync(fd);
    expect(text).toBe(`${LINE}\n`.repeat(LINES_BEYOND_THE_PIPE));
  });

  it('drops lines beyond the bound and says how many', async () => {
    const path = join(dir, 'file');
    const fd = openSync(path, 'w');
    const output = new Output(fd);
    const fits = Math.floor(PENDING_MAX_CHARS / 1024);
    for (let n = 0; n < fits + 3; n += 1) output.writeLine(LINE);
    await output.flushed();
    closeSync(fd);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(fits + 1);
    expect(lines.at(-1)).toBe('(3 log lines were dropped: nobody read them)');
  });

  it('gives up what a reader that is gone would have read', async () => {
    const fd = openSync('/dev/full', 'w');
    const output = new Output(fd);
    output.writeLine('lost');
    await expect(output.flushed()).resolves.toBeUndefined();
    closeSync(fd);
  });
});
