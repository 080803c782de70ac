/** From JSON to a scenario. What is wrong is said in one line; a field that is not known is wrong too. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { Errors } from 'io-ts';
import { Scenario } from './scenario';

const describe = (errors: Errors): string => {
  const [first] = errors;
  if (first === undefined) return 'no scenario';
  const path = first.context.map(({ key }) => key).filter((key) => key !== '' && !/^\d+$/.test(key));
  const { type } = first.context.at(-1) ?? {};
  return `${path.join('.') || 'the scenario'}: ${JSON.stringify(first.value)} is not ${type?.name ?? 'allowed'}`;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Keys that the codec has left out: it knows nothing of them, so they are a slip. */
const unknownKeys = (given: unknown, decoded: unknown, path: string): readonly string[] => {
  if (!isObject(given) || !isObject(decoded)) return [];
  return Object.entries(given).flatMap(([key, value]) =>
    key in decoded ? unknownKeys(value, decoded[key], `${path}${key}.`) : [`${path}${key}`],
  );
};

export const readScenario = (json: unknown): Either<string, Scenario> => {
  const decoded = Scenario.decode(json);
  if (E.isLeft(decoded)) return E.left(describe(decoded.left));
  const [unknown] = unknownKeys(json, decoded.right, '');
  return unknown === undefined ? decoded : E.left(`${unknown}: nothing of this name is known`);
};

/** Of a scenario of ours. Throws RangeError if it is none. */
export const scenarioFrom = (json: unknown): Scenario => {
  const read = readScenario(json);
  if (E.isLeft(read)) throw new RangeError(read.left);
  return read.right;
};
