/** Puts the watch between the socket and pg's parser, behind TLS where there is TLS. */
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { AnswerWatch } from './answer-watch';
import { messageOf } from './failure';

/**
 * pg calls this once, with the stream of what the server sends in plain: its own socket or the one of tls.connect().
 * It is the only place where that stream can be had. Its parser uses `on` of the stream, and nothing else.
 */
interface Attaches {
  attachListeners(stream: Pick<EventEmitter, 'on'>): void;
}

const attaches = (connection: object): connection is Attaches =>
  'attachListeners' in connection && typeof connection.attachListeners === 'function';

/** What the watch lets through, and nothing more after the first thing that it does not. */
const checked = (stream: Duplex, watch: AnswerWatch, stop: (reason: string) => void): EventEmitter => {
  const passed = new EventEmitter();
  let isStopped = false;
  const end = (reason: string): void => {
    isStopped = true;
    stop(reason);
  };
  stream.on('data', (chunk: Buffer) => {
    if (isStopped) return;
    const wrong = watch.take(chunk);
    if (wrong !== null) {
      end(wrong);
      return;
    }
    try {
      passed.emit('data', chunk);
    } catch (error) {
      // pg's parser throws upon what it does not know; nobody else is there to catch it.
      end(`Postgres sent what cannot be read: ${messageOf(error)}`);
    }
  });
  stream.on('end', () => passed.emit('end'));
  return passed;
};

/**
 * Before connect(). @param stop called once, with the reason why what the server sends is taken no longer
 * Throws where pg has no such place any more: a broken invariant of ours.
 */
export const boundAnswers = (connection: object, watch: AnswerWatch, stop: (reason: string) => void): void => {
  if (!attaches(connection)) throw new Error('pg has changed: its connection has no attachListeners');
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream: Duplex) => {
    attach(checked(stream, watch, stop));
  };
};
