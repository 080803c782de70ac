/** Readers of plain values: one of a few words, a number, a path, a name, an origin. */
import * as E from 'fp-ts/Either';
import type { TextReader } from './text-reader';

export const oneOf =
  <Word extends string>(...words: readonly Word[]): TextReader<Word> =>
  (text) => {
    const word = words.find((known) => known === text);
    return word === undefined ? E.left(`one of ${words.join(', ')}`) : E.right(word);
  };

/** A whole number; `unit` is for the message. */
export const wholeNumber = (least: number, most: number, unit: string): TextReader<number> => {
  const allowed = `a whole number from ${least} to ${most} ${unit}`;
  return (text) => {
    const value = Number(text);
    return /^\d{1,15}$/.test(text) && value >= least && value <= most ? E.right(value) : E.left(allowed);
  };
};

const SWITCH = new Map(Object.entries({ on: true, true: true, off: false, false: false }));

export const onOff: TextReader<boolean> = (text) => {
  const value = SWITCH.get(text);
  return value === undefined ? E.left('true or false') : E.right(value);
};

export const path: TextReader<string> = (text) =>
  text === '' || text.includes('\0') ? E.left('a path') : E.right(text);

/** A path below the cgroup mount. `..` could leave the mount, so it is refused here, once. */
export const cgroupName: TextReader<string> = (text) => {
  const good = text.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !text.includes('\0');
  return good ? E.right(text) : E.left('a path below the cgroup mount such as neon-postgres, no leading "/", no ".."');
};

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/\s?#@]+$/i;

/** As browsers send it in the Origin header: scheme, host, port if not the default. */
export const origin: TextReader<string> = (text) =>
  ORIGIN.test(text) ? E.right(text) : E.left('an origin such as https://example.com or http://localhost:8080');
