/** The flags of `vm-monitor simulate`. */
import { parseArgs } from 'node:util';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { errorText } from '../../machines/error-text';
import { CONTESTANTS, DEFAULT_CONTESTANTS } from '../../machines/simulation/contestants';
import { SIMULATION_DEFAULTS, type SimulationOptions } from '../../machines/simulation/setting';
import { SECOND_MS } from '../../machines/units';
import { size } from '../config/texts/size';
import type { TextReader } from '../config/texts/text-reader';
import { oneOf, path, wholeNumber } from '../config/texts/words';
import { BEAT_LEAST_MS, BEAT_MOST_MS, GRANT_MOST_MS, NOISE_MOST_CV } from './limits';

export interface SimulateArguments {
  /** Files and directories. */
  readonly traces: readonly string[];
  readonly policies: readonly string[];
  readonly options: SimulationOptions;
  readonly json: boolean;
  readonly report: boolean;
  readonly sizesFile: string | null;
  readonly plotFile: string | null;
}

const DECIMAL = /^\d+(?:\.\d+)?$/;

const decimal =
  (most: number): TextReader<number> =>
  (text) =>
    DECIMAL.test(text) && Number(text) <= most ? E.right(Number(text)) : E.left(`a number from 0 to ${most}`);

const beat: TextReader<number> = (text) =>
  pipe(
    wholeNumber(BEAT_LEAST_MS, BEAT_MOST_MS, 'ms')(text),
    E.filterOrElse(
      (ms) => SECOND_MS % ms === 0 || ms % SECOND_MS === 0,
      () => `ms that divide ${SECOND_MS} or are a multiple of it`,
    ),
  );

const LARGEST_SEED = 2 ** 31;

/** @throws TypeError (of parseArgs) that names an unknown argument */
const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: {
      trace: { type: 'string', multiple: true, default: [] },
      policy: { type: 'string', multiple: true, default: [] },
      'noise-cv': { type: 'string' },
      seed: { type: 'string' },
      'beat-ms': { type: 'string' },
      'grant-up-ms': { type: 'string' },
      'grant-down-ms': { type: 'string' },
      'deny-rate': { type: 'string' },
      'loss-rate': { type: 'string' },
      'compute-unit': { type: 'string' },
      'min-size': { type: 'string' },
      'max-size': { type: 'string' },
      'initial-size': { type: 'string' },
      json: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      sizes: { type: 'string' },
      plot: { type: 'string' },
    },
  }).values;

type Given = ReturnType<typeof parse>;
type TextFlag = Exclude<keyof Given, 'trace' | 'policy' | 'json' | 'report'>;

/** The value of a flag, or `otherwise` when it is not given. */
const read = <Value, Otherwise>(
  given: Given,
  flag: TextFlag,
  reader: TextReader<Value>,
  otherwise: Otherwise,
): Either<string, Value | Otherwise> => {
  const text = given[flag];
  if (text === undefined) return E.right(otherwise);
  return pipe(
    reader(text),
    E.mapLeft((allowed) => `--${flag} ${JSON.stringify(text)}: expected ${allowed}`),
  );
};

const readOptions = (given: Given): Either<string, SimulationOptions> => {
  const { noise, beatMs, grants, unit } = SIMULATION_DEFAULTS;
  return pipe(
    E.Do,
    E.bind('cv', () => read(given, 'noise-cv', decimal(NOISE_MOST_CV), noise.cv)),
    E.bind('seed', () => read(given, 'seed', wholeNumber(0, LARGEST_SEED, ''), noise.seed)),
    E.bind('beatMs', () => read(given, 'beat-ms', beat, beatMs)),
    E.bind('upMs', () => read(given, 'grant-up-ms', wholeNumber(0, GRANT_MOST_MS, 'ms'), grants.upMs)),
    E.bind('downMs', () => read(given, 'grant-down-ms', wholeNumber(0, GRANT_MOST_MS, 'ms'), grants.downMs)),
    E.bind('denyRate', () => read(given, 'deny-rate', decimal(1), grants.denyRate)),
    E.bind('lossRate', () => read(given, 'loss-rate', decimal(1), grants.lossRate)),
    E.bind('unit', () => read(given, 'compute-unit', size, unit)),
    E.bind('min', () => read(given, 'min-size', size, null)),
    E.bind('max', () => read(given, 'max-size', size, null)),
    E.bind('initial', () => read(given, 'initial-size', size, null)),
    E.filterOrElse(
      ({ denyRate, lossRate }) => denyRate + lossRate <= 1,
      () => '--deny-rate and --loss-rate: expected a sum of at most 1',
    ),
    E.map(({ cv, seed, upMs, downMs, denyRate, lossRate, ...rest }) => ({
      ...rest,
      noise: { cv, seed },
      grants: { upMs, downMs, denyRate, lossRate },
    })),
  );
};

const readPolicies = ({ policy }: Given): Either<string, readonly string[]> => {
  if (policy.length === 0) return E.right(DEFAULT_CONTESTANTS);
  return pipe(
    policy,
    E.traverseArray((name) =>
      pipe(
        oneOf(...CONTESTANTS.keys())(name),
        E.mapLeft((allowed) => `--policy ${JSON.stringify(name)}: expected ${allowed}`),
      ),
    ),
  );
};

/** Left: one line that names what is wrong. */
export const readArguments = (args: readonly string[]): Either<string, SimulateArguments> =>
  pipe(
    E.tryCatch(
      () => parse(args),
      (error) => errorText(error).replaceAll('\n', ' '),
    ),
    E.filterOrElse(
      ({ trace }) => trace.length > 0,
      () => '--trace FILE is missing: expected a trace or a directory of traces',
    ),
    E.chain((given) =>
      pipe(
        E.Do,
        E.bind('options', () => readOptions(given)),
        E.bind('policies', () => readPolicies(given)),
        E.bind('sizesFile', () => read(given, 'sizes', path, null)),
        E.bind('plotFile', () => read(given, 'plot', path, null)),
        E.map((values) => ({ ...values, traces: given.trace, json: given.json, report: given.report })),
      ),
    ),
  );
