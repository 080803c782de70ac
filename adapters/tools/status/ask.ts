/** The other end of the status socket: asks a running monitor for its report. */
import { connect } from 'node:net';
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { explain } from '../../../machines/shared/protocol/explain';
import { fileFailure } from '../../shared/node-error';
import { StatusReport } from '../../monitor/status/report';
import { STATUS_ANSWER_MS } from '../../monitor/status/socket-path';
import { KIB } from '../../../machines/shared/units';

/** A report is some KiB; what is longer does not come from a monitor. */
export const MAX_REPORT_BYTES = 256 * KIB;

/** Everything until the monitor hangs up. Rejects with an Error whose message says why not. */
const readAll = (path: string, answerMs: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const socket = connect(path);
    const giveUp = (why: string): void => void socket.destroy(new Error(why));
    const deadline = setTimeout(() => {
      giveUp(`no answer within ${answerMs} ms: the monitor hangs or is stopped`);
    }, answerMs);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_REPORT_BYTES) giveUp(`more than ${MAX_REPORT_BYTES} bytes: no status report`);
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(deadline);
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });

const parse = (text: string): E.Either<string, unknown> =>
  text === ''
    ? E.left('hung up without an answer: too many callers, or it is stopping')
    : E.tryCatch(
        (): unknown => JSON.parse(text),
        () => 'the answer is not JSON: no monitor of this kind',
      );

const decode = (json: unknown): E.Either<string, StatusReport> =>
  pipe(
    StatusReport.decode(json),
    E.mapLeft((errors) => `the answer is of another build: ${explain(errors)}`),
  );

/** Why there is no connection, where the system's words say less. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such socket',
  ECONNREFUSED: 'the monitor that made it is gone',
  EACCES: 'permission denied',
};

const failureOf = (path: string, error: unknown): string => {
  const { code, message } = fileFailure(path, error);
  const words = WORDS[code];
  return words === undefined ? message : `${path}: ${words}`;
};

/**
 * The report of the monitor that listens at `path`. Never rejects. Left: one line that names the
 * socket and why there is no report.
 *
 * @param answerMs a shorter one is for tests
 */
export const askStatus = async (path: string, answerMs = STATUS_ANSWER_MS): Promise<E.Either<string, StatusReport>> => {
  try {
    return pipe(
      parse(await readAll(path, answerMs)),
      E.chain(decode),
      E.mapLeft((why) => `${path}: ${why}`),
    );
  } catch (error) {
    return E.left(failureOf(path, error));
  }
};
