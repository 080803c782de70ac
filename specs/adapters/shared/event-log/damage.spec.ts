/** Damage of every kind to an open segment: nothing of it is read as if the log were whole. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventLogError } from '../../../../adapters/shared/event-log/event-log-error';
import { beat, decided, namesIn, readAll, removeTempDirs, startWriter, tempDir } from '../../../support/event-log';
import { mulberry32 } from '../../../support/prng';
import type { Random } from '../../../support/random';

const SEED = 20;
const ROUNDS = 60;
const LINES = 40;

let whole: Buffer = Buffer.alloc(0);
let name = '';
let dir = '';

beforeAll(async () => {
  dir = tempDir();
  const { writer } = await startWriter(dir);
  for (let i = 1; i < LINES; i += 2) {
    writer.appendInput(i * 100, beat(3e9 + i));
    writer.appendOutput(i * 100, decided(`memory: ${i} GiB → größer`));
  }
  await writer.close();
  name = (await namesIn(dir))[0] ?? '';
  whole = await readFile(join(dir, name));
});
afterAll(removeTempDirs);

const below = (random: Random, end: number): number => Math.floor(random() * end);

interface Range {
  readonly start: number;
  readonly end: number;
}

const range = (random: Random): Range => {
  const start = below(random, whole.length - 1);
  return { start, end: Math.min(whole.length, start + 1 + below(random, 30)) };
};

const linesOf = (bytes: Buffer): string[] => bytes.toString('utf8').split(/(?<=\n)/);

/** Two different places of the list, the first one first. */
const twoOf = (random: Random, length: number): readonly [number, number] => {
  const first = below(random, length - 1);
  return [first, first + 1 + below(random, length - 1 - first)];
};

const withLines = (change: (lines: string[]) => void): Buffer => {
  const lines = linesOf(whole);
  change(lines);
  return Buffer.from(lines.join(''));
};

const DAMAGES: Readonly<Record<string, (random: Random) => Buffer>> = {
  'a flipped bit': (random) => {
    const bytes = Buffer.from(whole);
    const at = below(random, bytes.length);
    bytes[at] = bytes[at]! ^ (1 << below(random, 8));
    return bytes;
  },
  'a changed digit': (random) => {
    const digits = [...whole.entries()].filter(([, byte]) => byte >= 0x30 && byte <= 0x39);
    const [at, byte] = digits[below(random, digits.length)]!;
    const bytes = Buffer.from(whole);
    bytes[at] = 0x30 + ((byte - 0x30 + 1 + below(random, 9)) % 10);
    return bytes;
  },
  'bytes that are missing': (random) => {
    const { start, end } = range(random);
    return Buffer.concat([whole.subarray(0, start), whole.subarray(end)]);
  },
  'bytes that came twice': (random) => {
    const { start, end } = range(random);
    return Buffer.concat([whole.subarray(0, end), whole.subarray(start)]);
  },
  'bytes put between': (random) => {
    const { start } = range(random);
    const put = Buffer.from(['0', ' ', '\n', '\r', '}', ',"x":1', '\0'][below(random, 7)]!);
    return Buffer.concat([whole.subarray(0, start), put, whole.subarray(start)]);
  },
  'bytes of zeros': (random) => {
    const { start, end } = range(random);
    return Buffer.from(whole).fill(0, start, end);
  },
  'lines that changed places': (random) =>
    withLines((lines) => {
      const [a, b] = twoOf(random, lines.length - 1);
      [lines[a], lines[b]] = [lines[b]!, lines[a]!];
    }),
  'a missing line': (random) => withLines((lines) => lines.splice(below(random, LINES - 1), 1)),
  'a line that came twice': (random) =>
    withLines((lines) => {
      const at = below(random, LINES);
      lines.splice(at, 0, lines[at]!);
    }),
  'a line without its checksum': (random) =>
    withLines((lines) => {
      const at = below(random, LINES);
      lines[at] = lines[at]!.replace(/,"crc":"[0-9a-f]{8}"\}$/m, '}');
    }),
  'an end within a line': (random) => whole.subarray(0, below(random, whole.length)),
};

/** What a kill leaves: whole lines from the first on, and maybe a torn one, which the reader names. */
const isPrefix = (bytes: Buffer): boolean => whole.subarray(0, bytes.length).equals(bytes);

const judge = async (bytes: Buffer): Promise<'refused' | 'torn' | 'as if whole'> => {
  await writeFile(join(dir, name), bytes);
  const notes: string[] = [];
  try {
    await readAll(dir, (note) => notes.push(note));
  } catch (error) {
    if (!(error instanceof EventLogError)) throw error;
    expect(error.file).toBe(name);
    expect(error.line).toBeGreaterThanOrEqual(1);
    return 'refused';
  }
  return notes.some((note) => note.includes('the last line is torn')) ? 'torn' : 'as if whole';
};

it('the undamaged segment is read, each line with its checksum', async () => {
  expect(linesOf(whole).every((line) => /,"crc":"[0-9a-f]{8}"\}\n?$/.test(line) || line === '')).toBe(true);
  expect(await judge(whole)).toBe('as if whole');
});

it.each(Object.keys(DAMAGES))('%s is never read as if the log were whole', async (kind) => {
  const random = mulberry32(SEED);
  for (let round = 0; round < ROUNDS; round += 1) {
    const bytes = DAMAGES[kind]!(random);
    if (bytes.equals(whole)) continue;
    const judged = await judge(bytes);
    const allowed = isPrefix(bytes) ? ['torn', 'as if whole'] : ['refused', 'torn'];
    if (!allowed.includes(judged)) throw new Error(`seed ${SEED}, round ${round}: ${judged}`);
  }
});
