/** Readers of what only the agent's flags hold: addresses of monitors and metrics, names of VMs. */
import * as E from 'fp-ts/Either';
import type { TextReader } from '../shared/config/texts/text-reader';

const urlOf = (text: string): URL | null => {
  try {
    return new URL(text);
  } catch {
    return null; // The reader says what is allowed.
  }
};

const withProtocol =
  (protocols: readonly string[], allowed: string): TextReader<string> =>
  (text) =>
    protocols.includes(urlOf(text)?.protocol ?? '') ? E.right(text) : E.left(allowed);

export const monitorUrl = withProtocol(['ws:', 'wss:'], 'a websocket address such as ws://127.0.0.1:10301/monitor');
export const httpUrl = withProtocol(['http:', 'https:'], 'an address such as http://10.0.0.5:9100/metrics');

/** Names stand in log lines and as keys: short, and without spaces. */
export const vmName: TextReader<string> = (text) =>
  /^[\w.:[\]-]{1,64}$/.test(text) && text !== '__proto__'
    ? E.right(text)
    : E.left('a name of up to 64 letters, digits and . : _ - [ ]');
