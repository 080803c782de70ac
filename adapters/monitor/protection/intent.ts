/**
 * Our record of what we have set or are about to set, on disk before the act (rule R3), so that whoever
 * undoes it knows ours from foreign. Lines of words and not JSON: the watchdog process reads it too, a shell script.
 *
 *     vm-monitor limits 2
 *     session 3f0c…                      the run of the monitor that wrote it
 *     memory.high 1073741824             may stand there; twice while one value replaces another
 *     memory.max 2147483648
 *     throttle                           may be there
 *     moved 4711 /sys/fs/cgroup/pg       a process in the throttle cgroup and the cgroup that it came from
 *     shmCap 1048576k /dev/shm     the size that the mount had before we capped it
 *     end                                without it the record is not whole
 */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import * as t from 'io-ts';
import { nullable } from '../../../machines/shared/events/nullable';
import { isMountSize } from './shm-cap/remount';
import { KIB } from '../../../machines/shared/units';

/** Our record of what we set: a throttle moves a few processes, each a line of at most PATH_MAX. */
export const MAX_INTENT_BYTES = 64 * KIB;
/** The limit that is in place and the one that is about to replace it. */
const MAX_NOTED_LIMITS = 2;
/** More than any throttle moves. */
export const MAX_NOTED_PROCESSES = 256;

export interface Intent {
  /** Values of memory.high that may be ours. */
  readonly highBytes: readonly number[];
  /** The same of memory.max. */
  readonly maxBytes: readonly number[];
  /** What is in the throttle cgroup, by pid: the directory of the cgroup that it came from. Null: there is no throttle cgroup of ours. */
  readonly throttleCgroup: ReadonlyMap<number, string> | null;
  /** The mount that we capped, and the value that its option size= had. */
  readonly shmCap: { readonly mountPoint: string; readonly originalSize: string } | null;
}

export const NOTHING: Intent = { highBytes: [], maxBytes: [], throttleCgroup: null, shmCap: null };

/** A line's end would begin another entry. */
const Path = t.refinement(t.string, (path) => /^\/[^\n]*$/.test(path), 'Path');
const Limits = t.refinement(t.readonlyArray(t.Int), (values) => values.length <= MAX_NOTED_LIMITS, 'Limits');
const MovedList = t.refinement(
  t.readonlyArray(t.tuple([t.Int, Path])),
  (moved) => moved.length <= MAX_NOTED_PROCESSES,
  'MovedList',
);
const Size = t.refinement(t.string, isMountSize, 'Size');

/** The entries as they stand in the file. */
const Entries = t.strict({
  highBytes: Limits,
  maxBytes: Limits,
  throttleCgroup: nullable(MovedList),
  shmCap: nullable(t.strict({ originalSize: Size, mountPoint: Path })),
});

const HEAD = 'vm-monitor limits 2';
const TAIL = 'end';

const entryLines = ({ highBytes, maxBytes, throttleCgroup, shmCap }: Intent): readonly string[] => [
  ...highBytes.map((bytes) => `memory.high ${bytes}`),
  ...maxBytes.map((bytes) => `memory.max ${bytes}`),
  ...(throttleCgroup === null ? [] : ['throttle']),
  ...[...(throttleCgroup ?? [])].map(([pid, from]) => `moved ${pid} ${from}`),
  ...(shmCap === null ? [] : [`shmCap ${shmCap.originalSize} ${shmCap.mountPoint}`]),
];

export const isNothing = (intent: Intent): boolean => entryLines(intent).length === 0;

/** @param session one word that names this run of the monitor */
export const intentText = (session: string, intent: Intent): string =>
  `${[HEAD, `session ${session}`, ...entryLines(intent), TAIL].join('\n')}\n`;

/** The rest of each line whose first word is `key`. */
const entries = (lines: readonly string[], key: string): readonly string[] =>
  lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));

/** "4711 /sys/fs/cgroup/pg" → ["4711", "/sys/fs/cgroup/pg"] */
const wordAndPath = (text: string): readonly [string, string] => {
  const space = text.indexOf(' ');
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
};

const fromLines = (lines: readonly string[]): unknown => {
  const moved = entries(lines, 'moved').map(wordAndPath);
  const [shmCap] = entries(lines, 'shmCap').map(wordAndPath);
  return {
    highBytes: entries(lines, 'memory.high').map(Number),
    maxBytes: entries(lines, 'memory.max').map(Number),
    throttleCgroup: lines.includes('throttle') ? moved.map(([pid, from]) => [Number(pid), from]) : null,
    shmCap: shmCap === undefined ? null : { originalSize: shmCap[0], mountPoint: shmCap[1] },
  };
};

/**
 * Left: one line about what is wrong with it; then anything that is in place may be ours.
 * @param file path, for the message
 */
export const parseIntent = (file: string, text: string): Either<string, Intent> => {
  const malformed = (found: string): Either<string, Intent> =>
    E.left(`${file}: ${found}, expected our intent record of limits`);
  if (Buffer.byteLength(text) > MAX_INTENT_BYTES) return malformed(`more than ${MAX_INTENT_BYTES} bytes`);
  const lines = text.split('\n');
  if (lines[0] !== HEAD) return malformed(`the first line is not "${HEAD}"`);
  if (lines.at(-2) !== TAIL) return malformed(`the last line is not "${TAIL}"`);
  const decoded = Entries.decode(fromLines(lines));
  if (E.isLeft(decoded)) return malformed('an ill-formed entry');
  const { throttleCgroup, ...others } = decoded.right;
  const intent: Intent = { ...others, throttleCgroup: throttleCgroup === null ? null : new Map(throttleCgroup) };
  // Written back it must be the same: a line that we do not understand may stand for something in place.
  const [session = ''] = entries(lines, 'session');
  return intentText(session, intent) === text ? E.right(intent) : malformed('a line that is not understood');
};
