/**
 * One line of text to one envelope. Lines of older versions are brought up to date before the codec sees them.
 *
 * `is` comes before `decode`: none of our codecs transforms, so both accept the same values, and
 * `is` costs less than half. `decode` is asked only for what is wrong.
 */
import * as E from 'fp-ts/Either';
import * as t from 'io-ts';
import { LOG_VERSION, type AnyEnvelope } from '../../../machines/shared/events/envelope';
import { fromVersion1 } from '../../../machines/shared/events/version-1';
import { contentOf, wholenessOf } from './checksum';
import { isNestedDeeper } from './nesting';

/** Lists and objects within one another in a line: ours have 10 at most, and code that recurses holds out for thousands. */
const NESTING_LEVELS = 64;

/** Longest piece of a foreign value that is quoted in a message. */
const QUOTED_CHARS = 60;

const quoted = (value: unknown): string =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, QUOTED_CHARS);

/** The keys to the value as one would write them; the numbers of io-ts' alternatives are left out. */
const pathOf = (context: t.Context): string =>
  context
    .filter(({ key }, i) => {
      const parent = context[i - 1]?.type;
      return key !== '' && !(parent instanceof t.UnionType) && !(parent instanceof t.IntersectionType);
    })
    .map(({ key }) => key)
    .join('.');

/** The name of a union spells out all its members; one look at the value shows more. */
const expectationOf = (type: t.Decoder<unknown, unknown> | undefined): string =>
  type instanceof t.UnionType ? 'one of the known types' : (type?.name ?? 'a value').slice(0, QUOTED_CHARS);

const describe = (errors: t.Errors): string => {
  const [first] = errors;
  if (first === undefined) return 'not an envelope';
  const { context, value } = first;
  return `${pathOf(context)}: expected ${expectationOf(context.at(-1)?.type)}, found ${quoted(value)}`;
};

const parse = (text: string): E.Either<string, unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(text),
    () => `not JSON: ${text.slice(0, QUOTED_CHARS)}`,
  );

const versionOf = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'v' in json ? json.v : undefined;

const decodeEnvelope = <Line extends AnyEnvelope>(codec: t.Type<Line>, json: unknown): E.Either<string, Line> => {
  const version = versionOf(json);
  if (typeof version === 'number' && version !== 1 && version !== LOG_VERSION)
    return E.left(`format version ${version} is not known (this build reads 1 and ${LOG_VERSION})`);
  const present = version === 1 ? fromVersion1(json) : json;
  return codec.is(present) ? E.right(present) : E.mapLeft(describe)(codec.decode(present));
};

export const DAMAGED = 'the checksum is wrong: the line is not as it was written';
const TOO_DEEP = `lists and objects within one another for more than ${NESTING_LEVELS} levels`;

/** What is wrong with a line before it is parsed; null: nothing. A line that is as it was written is ours, and not deep. */
const faultOf = (bytes: Buffer): string | null => {
  const wholeness = wholenessOf(bytes);
  if (wholeness === 'damaged') return DAMAGED;
  return wholeness === 'none' && isNestedDeeper(bytes, NESTING_LEVELS) ? TOO_DEEP : null;
};

/** What stands in a line, whatever its checksum says of it. */
export const decodeContent = <Line extends AnyEnvelope>(codec: t.Type<Line>, bytes: Buffer): E.Either<string, Line> =>
  E.chain((json) => decodeEnvelope(codec, json))(parse(contentOf(bytes)));

/**
 * @param codec the lines of the role that wrote the log
 * @param bytes one line without its line end
 * @returns Left: what is wrong with the line and what was expected
 */
export const decodeLine = <Line extends AnyEnvelope>(codec: t.Type<Line>, bytes: Buffer): E.Either<string, Line> => {
  const fault = faultOf(bytes);
  return fault === null ? decodeContent(codec, bytes) : E.left(fault);
};
