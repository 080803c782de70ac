/**
 * The checksum of a line: `,"crc":"xxxxxxxx"` before its last brace, CRC-32 in hexadecimal of all bytes before
 * that comma. It finds what JSON and codecs cannot: a digit that changed into another digit.
 *
 * Logs of older builds have none. So that damage to the checksum's own name does not make a line look like one
 * of theirs, the lines of a segment all bear one or all bear none, and a line without one ends with its event.
 */
import { crc32 } from './crc32';

const NAME = ',"crc":"';
const DIGITS = 8;
const END = '"}';
/** Length of the checksum with its name and the brace that closes the line. */
const TAIL_BYTES = NAME.length + DIGITS + END.length;
/** How a line without checksum ends: the event's brace, then the line's. */
const OLD_END = '}}';

const hex = (value: number): string => value.toString(16).padStart(DIGITS, '0');

/** @param json one object on one line */
export const withChecksum = (json: string): string => {
  const content = json.slice(0, -1);
  return `${content}${NAME}${hex(crc32(Buffer.from(content)))}${END}`;
};

/** Whether a line is as it was written: 'none' bears no checksum and is unknown. */
export type Wholeness = 'whole' | 'damaged' | 'none';

const hasChecksum = (line: Buffer): boolean =>
  line.length > TAIL_BYTES && line.toString('latin1', line.length - TAIL_BYTES).startsWith(NAME);

/** @param line without its line end */
export const wholenessOf = (line: Buffer): Wholeness => {
  if (!hasChecksum(line)) return 'none';
  const contentBytes = line.length - TAIL_BYTES;
  const tail = `${NAME}${hex(crc32(line.subarray(0, contentBytes)))}${END}`;
  return line.toString('latin1', contentBytes) === tail ? 'whole' : 'damaged';
};

/** The JSON text of a line, without its checksum. */
export const contentOf = (line: Buffer): string =>
  hasChecksum(line) ? `${line.toString('utf8', 0, line.length - TAIL_BYTES)}}` : line.toString('utf8');

/** Says what is wrong with the end of a segment's next line, or null. */
export type LineEndCheck = (line: Buffer) => string | null;

const endsAsOld = (line: Buffer): boolean => line.toString('latin1', line.length - OLD_END.length) === OLD_END;

/** That all lines of one segment end alike. To be asked for each line, from the first on. */
export const createLineEndCheck = (): LineEndCheck => {
  let expected: boolean | null = null;
  return (line) => {
    const found = hasChecksum(line);
    expected ??= found;
    if (expected && !found) return 'expected a checksum as in the lines before, found none';
    if (found && !expected) return 'expected no checksum, as in the lines before, found one';
    return found || endsAsOld(line) ? null : 'expected the end of an event or a checksum at the end of the line';
  };
};
