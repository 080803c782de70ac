/**
 * One message to the service manager (sd_notify(3)). Node has no unix datagram sockets, so systemd's
 * own systemd-notify(1) sends it. It stays until the manager has read the message: else the manager
 * may not find out which service the sender belonged to. Where it may not send in our name (without
 * CAP_SYS_ADMIN) it sends in its own, so the unit needs NotifyAccess=all.
 */
import { execFile } from 'node:child_process';
import * as E from 'fp-ts/Either';
import { KIB, SECOND_MS } from '../../../machines/shared/units';
import type { Variables } from '../../shared/config/environment';
import { fileFailure } from '../../shared/node-error';

const PROGRAM = 'systemd-notify';

/** A little longer than its own wait for the manager (5 s), which ends with a message. */
export const SEND_MS = 6 * SECOND_MS;
/** It says one line at the most. */
const MAX_OUTPUT_BYTES = 4 * KIB;

const MISSING = `${PROGRAM} is not on the PATH; install it (apt-get install systemd)`;

/**
 * Sends one assignment such as "READY=1". Never rejects. Left: one line that says why it did not arrive.
 *
 * @param sendMs after this the sender is killed
 */
export const sendToManager = (
  message: string,
  { NOTIFY_SOCKET, PATH }: Variables,
  sendMs: number,
): Promise<E.Either<string, void>> =>
  new Promise((resolve) => {
    const options = {
      // It needs no more than these, and our environment may hold a password.
      env: { NOTIFY_SOCKET, PATH },
      timeout: sendMs,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT_BYTES,
    } as const;
    execFile(PROGRAM, [message], options, (error, _stdout, stderr) => {
      if (error === null) resolve(E.right(undefined));
      else if (fileFailure(PROGRAM, error).code === 'ENOENT') resolve(E.left(MISSING));
      else if (error.killed === true) resolve(E.left(`${message} was not taken within ${sendMs} ms`));
      else resolve(E.left(`${message}: ${stderr.trim().split('\n', 1)[0] || error.message}`));
    });
  });
