/**
 * From the JSON of a line to its envelope. Lines of older versions are brought up to date before the codec sees them.
 *
 * `is` comes before `decode`: none of our codecs transforms, so both accept the same values, and
 * `is` costs less than half. `decode` is asked only for what is wrong.
 */
import * as E from 'fp-ts/Either';
import * as t from 'io-ts';
import { LOG_VERSION, type AnyEnvelope } from './envelope';
import { isNestedDeeper } from './nesting';
import { fromVersion1 } from './version-1';

/** Lists and objects within one another in a line: ours have 10 at most, and code that recurses holds out for thousands. */
const NESTING_LEVELS = 64;
const TOO_DEEP = `lists and objects within one another for more than ${NESTING_LEVELS} levels`;

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
  const path = pathOf(context);
  return `${path === '' ? '' : `${path}: `}expected ${expectationOf(context.at(-1)?.type)}, found ${quoted(value)}`;
};

/** Left: what is wrong with the value and what was expected. */
export const decodeValue = <A>(codec: t.Type<A>, value: unknown): E.Either<string, A> =>
  codec.is(value) ? E.right(value) : E.mapLeft(describe)(codec.decode(value));

const parse = (text: string): E.Either<string, unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(text),
    () => `not JSON: ${text.slice(0, QUOTED_CHARS)}`,
  );

/** What is wrong with the text of a line before it is parsed; null: nothing. */
export const nestingFault = (text: string): string | null => (isNestedDeeper(text, NESTING_LEVELS) ? TOO_DEEP : null);

/** The JSON of text that may be anybody's. */
export const parseText = (text: string): E.Either<string, unknown> => {
  const fault = nestingFault(text);
  return fault === null ? parse(text) : E.left(fault);
};

const versionOf = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'v' in json ? json.v : undefined;

/** @param json of a line, of any version that this build reads */
export const decodeEnvelope = <Line extends AnyEnvelope>(
  codec: t.Type<Line>,
  json: unknown,
): E.Either<string, Line> => {
  const version = versionOf(json);
  if (typeof version === 'number' && version !== 1 && version !== LOG_VERSION)
    return E.left(`format version ${version} is not known (this build reads 1 and ${LOG_VERSION})`);
  return decodeValue(codec, version === 1 ? fromVersion1(json) : json);
};

/** @param text JSON of a line that is known not to be nested deeply */
export const decodeText = <Line extends AnyEnvelope>(codec: t.Type<Line>, text: string): E.Either<string, Line> =>
  E.chain((json) => decodeEnvelope(codec, json))(parse(text));
