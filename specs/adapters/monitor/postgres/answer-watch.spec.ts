/** What of a server's words reaches pg, counted where it is let through. */
import { connect, type Socket } from 'node:net';
import { AnswerWatch } from '../../../../adapters/monitor/postgres/answer-watch';
import { boundAnswers } from '../../../../adapters/monitor/postgres/guard-answers';
import { MIB } from '../../../../machines/shared/units';
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
} from '../../../support/postgres/rogue';
import { ANSWER_BOUNDS } from '../../../../adapters/monitor/postgres/session';

afterEach(stopRogues);

/** A login and a statement as an honest server answers them. */
const HONEST = Buffer.concat([
  AUTHENTICATED,
  parameter('server_version', '15.18'),
  message('K', Buffer.alloc(8)),
  READY,
  columns(),
  row('on'),
  row(''),
  notice('look'),
  message('C', 'SELECT 2\0'),
  READY,
  failure('no such setting'),
  message('N', '\0'),
  READY,
]);

it('an honest answer passes, however it is cut', () => {
  for (let size = 1; size <= HONEST.length; size += 1) {
    const watch = new AnswerWatch(ANSWER_BOUNDS);
    for (let from = 0; from < HONEST.length; from += size) {
      expect(watch.take(HONEST.subarray(from, from + size))).toBeNull();
    }
  }
});

it('an error that only seems to end in its middle is found, however it is cut', () => {
  const words = Buffer.concat([READY, message('E', 'SERROR\0\0Mno'), READY]);
  for (let size = 1; size <= words.length; size += 1) {
    const watch = new AnswerWatch(ANSWER_BOUNDS);
    const found: unknown[] = [];
    for (let from = 0; from < words.length; from += size) found.push(watch.take(words.subarray(from, from + size)));
    expect(found).toContain('Postgres sent an error or a notice without an end');
  }
});

it('each bound is what may still come, and each statement has its own', () => {
  const bounds = { messageBytes: 100, bytes: 300, messages: 4, rows: 2 };
  const fresh = (): AnswerWatch => new AnswerWatch(bounds);
  const watch = fresh();
  const oneRow = row('x'.repeat(11)); // 22 bytes in all
  for (let statement = 0; statement < 3; statement += 1) {
    watch.begin();
    expect(watch.take(Buffer.concat([oneRow, oneRow, READY, READY]))).toBeNull();
  }
  expect(watch.take(READY)).toBe('Postgres sent more than 4 messages in one answer');
  expect(fresh().take(Buffer.concat([oneRow, oneRow, oneRow]))).toBe('Postgres sent more than 2 rows in one answer');
  expect(fresh().take(message('S', 'x'.repeat(96)))).toBeNull();
  expect(fresh().take(message('S', 'x'.repeat(97)))).toMatch(/^Postgres sent a message of 101 bytes; at most/);
});

const FLOODS: Readonly<Record<string, readonly [first: Buffer, then: Buffer]>> = {
  'one message of 1 GiB': [message('D', '', 1024 * MIB), Buffer.alloc(64 * 1024)],
  'one message of the largest size that passes, and one more': [
    message('d', Buffer.alloc(MIB - 4)),
    message('d', Buffer.alloc(MIB - 4)),
  ],
  rows: [columns(), row('x'.repeat(100))],
  notices: [READY, notice('x'.repeat(10_000))],
  parameters: [AUTHENTICATED, parameter('a', 'x')],
};

it.each(Object.entries(FLOODS))('of endless %s no more than the bound is let through', async (_, [first, then]) => {
  const rogue = await startRogue({
    login: (to) => {
      to.write(first);
      flood(to, then);
    },
  });
  const socket = connect(rogue.port, '127.0.0.1', () => socket.write('hello'));
  let [passed, stops] = [0, 0];
  const connection = {
    attachListeners: (stream: Pick<Socket, 'on'>): void => {
      stream.on('data', (chunk: Buffer) => {
        passed += chunk.length;
      });
    },
  };
  boundAnswers(connection, new AnswerWatch(ANSWER_BOUNDS), () => {
    stops += 1;
    socket.destroy();
  });
  connection.attachListeners(socket);
  await new Promise((resolve) => socket.once('close', resolve));
  expect(stops).toBe(1);
  expect(passed).toBeLessThanOrEqual(ANSWER_BOUNDS.bytes);
});

it('a pg without the place for it is not used', () => {
  const watch = new AnswerWatch(ANSWER_BOUNDS);
  expect(() => {
    boundAnswers({}, watch, () => undefined);
  }).toThrow('pg has changed');
});
