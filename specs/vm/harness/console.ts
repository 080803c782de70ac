/** What the guest's kernel and init say. */
import type { Readable } from 'node:stream';
import { CONSOLE_MAX_CHARS } from './limits';

/** Of specs/vm/guest/command-server.c, when it listens. */
const READY = 'guest: ready';

export interface GuestConsole {
  readonly text: () => string;
  /** Resolves when the guest can be used. */
  readonly ready: Promise<void>;
}

export const collectConsole = (output: Readable): GuestConsole => {
  let text = '';
  const ready = new Promise<void>((resolve) => {
    output.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(-CONSOLE_MAX_CHARS);
      if (text.includes(READY)) resolve();
    });
  });
  return { text: () => text, ready };
};
