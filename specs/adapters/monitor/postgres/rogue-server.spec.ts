/** A server that sends too much, or what is no message at all: the command fails and says which bound it was. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { SQL_DEADLINES } from '../../../../adapters/monitor/postgres';
import { openSqlSession } from '../../../../adapters/monitor/postgres/session';
import { MIB } from '../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../support/either';
import { removeTempDirs, tempDir } from '../../../support/event-log';
import { run } from '../../../support/postgres/installation';
import {
  AUTHENTICATED,
  columns,
  failure,
  flood,
  message,
  notice,
  parameter,
  READY,
  row,
  startRogue,
  stopRogues,
  type Script,
} from '../../../support/postgres/rogue';
import { cacheAt, closeCaches, NEVER } from './support';

afterEach(async () => {
  await closeCaches();
  await stopRogues();
});
afterAll(removeTempDirs);

/** So long that on no machine one of them ends what a bound should end. */
const PATIENT = { openMs: 15_000, queryMs: 15_000, connectMs: 15_000 };

const ANSWER = 'Postgres sent more than 2 MiB in one answer';
const MESSAGES = 'Postgres sent more than 2000 messages in one answer';

/** A message of this length is announced, and bytes of it come for ever. */
const announce =
  (length: number) =>
  (to: Duplex): void => {
    to.write(message('D', '', length));
    flood(to, Buffer.alloc(64 * 1024, 1));
  };
const after =
  (head: Buffer, chunk: Buffer) =>
  (to: Duplex): void => {
    to.write(head);
    flood(to, chunk);
  };

/** More than is taken at once, so that none of them is the answer. */
const many = (...messages: readonly Buffer[]): Buffer =>
  Buffer.concat(Array.from({ length: 2_001 }, () => Buffer.concat(messages)));

const ROGUES: Readonly<Record<string, readonly [Script, string]>> = {
  'a message of 1 GiB': [
    { statement: announce(1024 * MIB) },
    'Postgres sent a message of 1073741824 bytes; at most 1 MiB is taken',
  ],
  'a message of 1 GiB at login': [
    { login: announce(1024 * MIB) },
    'Postgres sent a message of 1073741824 bytes; at most 1 MiB is taken',
  ],
  'a message of a byte too much': [
    { statement: announce(MIB + 1) },
    'Postgres sent a message of 1048577 bytes; at most 1 MiB is taken',
  ],
  'endless rows': [{ statement: after(columns(), row('x')) }, 'Postgres sent more than 1000 rows in one answer'],
  'endless long rows': [{ statement: after(columns(), row('x'.repeat(100_000))) }, ANSWER],
  'endless rows after which more answers come': [
    { statement: after(columns(), many(row('x'), message('C', 'SELECT 1\0'), READY)) },
    MESSAGES,
  ],
  'endless notices': [
    {
      statement: (to) => {
        flood(to, notice('look'));
      },
    },
    MESSAGES,
  ],
  'endless long notices': [
    {
      statement: (to) => {
        flood(to, notice('x'.repeat(50_000)));
      },
    },
    ANSWER,
  ],
  'endless parameters at login': [
    {
      login: (to) => {
        flood(to, parameter('a', 'b'));
      },
    },
    MESSAGES,
  ],
  'endless long parameters at login': [
    {
      login: (to) => {
        flood(to, parameter('a', 'b'.repeat(50_000)));
      },
    },
    ANSWER,
  ],
  'endless errors': [
    {
      statement: (to) => {
        flood(to, failure('no'));
      },
    },
    MESSAGES,
  ],
  'endless readiness': [
    {
      statement: (to) => {
        flood(to, many(READY));
      },
    },
    MESSAGES,
  ],
  'a negative length': [{ statement: announce(-1) }, 'Postgres sent a message with a length of -1'],
  'a length that does not hold itself': [{ login: announce(3) }, 'Postgres sent a message with a length of 3'],
  'an error without an end': [
    { statement: (to) => to.write(message('E', 'SERROR')) },
    'Postgres sent an error or a notice without an end',
  ],
  'an error at login of which only a text ends': [
    { login: (to) => to.write(message('E', 'SERROR\0')) },
    'Postgres sent an error or a notice without an end',
  ],
  'an empty notice': [
    { statement: (to) => to.write(message('N')) },
    'Postgres sent an error or a notice without an end',
  ],
  'a row with fewer columns than none': [
    { statement: (to) => to.write(message('D', Buffer.from([255, 255]))) },
    'Postgres sent what cannot be read: Invalid array length',
  ],
  'a login of which nobody has heard': [
    { login: (to) => to.write(message('R', Buffer.from([0, 0, 0, 99]))) },
    'Postgres sent what cannot be read: Unknown authenticationOk message type 99',
  ],
};

it.each(Object.entries(ROGUES))('%s', async (_, [script, reason]) => {
  const rogue = await startRogue(script);
  expect(leftOf(await cacheAt(rogue.dsn, PATIENT).cache.connect(NEVER))).toBe(reason);
  // Once more on a new connection, as after any loss, and not for ever.
  expect(rogue.taken()).toBe(2);
});

/** What the server says at login, as the command's reason has it after `login: `. */
const toldAtLogin = async (words: string, password = 'p'): Promise<string> => {
  const rogue = await startRogue({ login: (to) => to.write(failure(words)) });
  const dsn = `postgresql://u:${encodeURIComponent(password)}@127.0.0.1:${rogue.port}/db`;
  return leftOf(await cacheAt(dsn, PATIENT).cache.connect(NEVER)).replace(/^login: /, '');
};

describe('what a server says', () => {
  it.each([
    ['red \x1b[31m and gone \x1b[2J', 'red \\u001b[31m and gone \\u001b[2J'],
    ['turned \u202eround, with \u200b nothing', 'turned \\u202eround, with \\u200b nothing'],
    ['one\nline\r\nand\ttabs\u2028more', 'one line and tabs more'],
    ['\x07\x9b5n\x7f', '\\u0007\\u009b5n\\u007f'],
    ['größer als 1 GiB: 漢字 🐘', 'größer als 1 GiB: 漢字 🐘'],
  ])('steers no terminal and is one line: %j', async (words, told) => {
    expect(await toldAtLogin(words)).toBe(told);
  });

  it.each(['x', '🐘', '\x1b'])('is cut after 500 characters, and not within one: %j', async (letter) => {
    const told = await toldAtLogin(letter.repeat(100_000));
    expect(`login: ${told}`.length).toBeLessThanOrEqual(501);
    expect(told).toMatch(/…$/);
    expect(told).not.toMatch(/\p{Cs}/u);
  });

  it('is cut only after secrets were taken out, also such with blanks', async () => {
    const secret = `hush  ${'h'.repeat(600)}`;
    expect(await toldAtLogin(`no: ${secret}`, secret)).toBe('no: ***');
  });
});

it('notices while nothing is asked, at the first or later', async () => {
  const rogue = await startRogue({
    login: (to) => {
      to.write(Buffer.concat([AUTHENTICATED, READY]));
      setTimeout(() => {
        flood(to, notice('x'.repeat(50_000)));
      }, 50);
    },
  });
  const session = rightOf(await openSqlSession(rogue.dsn, { ...SQL_DEADLINES, ...PATIENT }, NEVER));
  expect(await session.lost).toBe(ANSWER);
});

it('endless rows within TLS', async () => {
  const directory = tempDir();
  const [key, cert] = ['key', 'cert'].map((name) => join(directory, `${name}.pem`)) as [string, string];
  run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=here', '-keyout', key, '-out', cert);
  const rogue = await startRogue({
    tls: { key: readFileSync(key), cert: readFileSync(cert) },
    statement: after(columns(), row('x')),
  });
  const { cache } = cacheAt(`${rogue.dsn}?sslmode=require`, PATIENT);
  expect(leftOf(await cache.connect(NEVER))).toBe('Postgres sent more than 1000 rows in one answer');
});
