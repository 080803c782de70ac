/** io.stat of a cgroup, a line a device: "8:0 rbytes=90 wbytes=1 rios=2 wios=1 dbytes=0 dios=0"; admin-guide/cgroup-v2. */
import { type Either, isLeft, left, right } from 'fp-ts/Either';
import type { DeviceIo, IoStat } from '../../../../streams/raw-sample';
import { type ParseError, missing, unexpected } from '../../../shared/parse/parse-error';
import { allFields, endOfWord, skipBlanks, wholeNumberAt } from '../../../shared/parse/scan';

/** The devices beyond are left out: the readings of a sample have a bound (rule R10). */
const MAX_DEVICES = 32;

const DEVICE = /^\d{1,10}:\d{1,10}$/;

/** The name, and where its counters begin. Some kernels put devices that did nothing before it, in the same line. */
const deviceAt = (text: string, lineAt: number): { readonly device: string; readonly end: number } | null => {
  let device = '';
  let end = lineAt;
  for (;;) {
    const start = skipBlanks(text, end);
    const word = text.slice(start, endOfWord(text, start));
    if (!DEVICE.test(word)) return device === '' ? null : { device, end };
    device = word;
    end = start + word.length;
  }
};

const counterIn = (
  file: string,
  text: string,
  at: number,
  lineEnd: number,
  key: string,
): Either<ParseError, number> => {
  const keyAt = text.indexOf(` ${key}=`, at);
  return keyAt < 0 || keyAt >= lineEnd
    ? left(missing(file, text, `${key}= of a device`))
    : wholeNumberAt(file, text, keyAt + key.length + 2);
};

const deviceIo = (file: string, text: string, at: number, lineEnd: number): Either<ParseError, DeviceIo> =>
  allFields({
    readBytes: counterIn(file, text, at, lineEnd, 'rbytes'),
    writtenBytes: counterIn(file, text, at, lineEnd, 'wbytes'),
    reads: counterIn(file, text, at, lineEnd, 'rios'),
    writes: counterIn(file, text, at, lineEnd, 'wios'),
  });

/** An empty file is right: nothing was read or written yet. */
export const parseIoStat = (file: string, text: string): Either<ParseError, IoStat> => {
  const devices: Record<string, DeviceIo> = {};
  let found = 0;
  for (let lineAt = 0; lineAt < text.length && found < MAX_DEVICES; found += 1) {
    const newline = text.indexOf('\n', lineAt);
    const lineEnd = newline < 0 ? text.length : newline;
    if (text.slice(lineAt, lineEnd).trim() !== '') {
      const name = deviceAt(text, lineAt);
      if (name === null) return left(unexpected(file, text, lineAt, 'a device such as 8:0'));
      if (text.slice(name.end, lineEnd).trim() !== '') {
        const io = deviceIo(file, text, name.end, lineEnd);
        if (isLeft(io)) return io;
        devices[name.device] = io.right;
      }
    }
    lineAt = lineEnd + 1;
  }
  return right(devices);
};
