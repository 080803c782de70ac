/**
 * From what the user gave to a MonitorConfig. Flags win over the environment, which wins over the
 * config file, which wins over the defaults. A Left is one line that names key, value and what is
 * allowed.
 */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { readConfigFile } from '../../shared/config/config-file';
import { fromArguments } from '../../shared/config/from-arguments';
import { fromRecord, type OptionValue } from '../../../machines/shared/config/from-record';
import { badValue, readFlags, unknownKey, type Source, type Given } from '../../../machines/shared/config/given';
import { FLAGS, FLAG_KEYS, type FlagKey, type FlagValues } from './flags';
import { monitorConfig, type Clash, type MonitorConfig } from './monitor-config';
import type { Environment, Variables } from '../../shared/config/environment';
import { path } from '../../../machines/shared/config/texts/words';
import { ENVIRONMENT_PREFIX, environmentName } from '../../../machines/shared/config/flag';

type FlagSource = Source<typeof FLAGS>;

const KEYS_BY_NAME: ReadonlyMap<string, FlagKey> = new Map(FLAG_KEYS.map((key) => [environmentName(key), key]));

/**
 * The environment as a source: `VM_MONITOR_EVENT_LOG_MAX=64MiB`, `VM_MONITOR_INDEPENDENT=true`. An empty
 * variable counts as not set, as is the custom.
 */
const fromEnvironment = (environment: Variables): E.Either<string, FlagSource> => {
  const source: { [Key in FlagKey]?: Given } = {};
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(ENVIRONMENT_PREFIX) || text === undefined || text === '') continue;
    const key = KEYS_BY_NAME.get(name);
    if (key === undefined) return E.left(unknownKey(name, [...KEYS_BY_NAME.keys()]));
    source[key] = { label: name, texts: [text] };
  }
  return E.right(source);
};

/** The options of startMonitor: the keys of the flags, all optional. */
export type MonitorOptions = { readonly [Key in FlagKey]?: OptionValue | undefined };

/** What was given, flag by flag, and what it comes to. */
export interface Settings {
  readonly flags: FlagValues;
  readonly config: MonitorConfig;
}

const understood = (source: FlagSource, environment: Environment): E.Either<string, Settings> =>
  pipe(
    readFlags(FLAGS, source),
    E.bindTo('flags'),
    E.bind('config', ({ flags }) =>
      E.mapLeft(({ key, expected }: Clash) => badValue(FLAGS, source, key, expected))(
        monitorConfig(flags, environment),
      ),
    ),
  );

/** Lays the source over the file that it names, if it names one. */
const withConfigFile = (source: FlagSource, { readTextFile }: Environment): E.Either<string, FlagSource> => {
  const given = source.config;
  if (given === undefined) return E.right(source);
  return pipe(
    E.Do,
    E.bind('path', () => path(given.texts.at(-1) ?? '')),
    E.bind('record', (file) => readConfigFile(file.path, readTextFile)),
    E.mapLeft((allowed) => badValue(FLAGS, source, 'config', allowed)),
    E.chain((file) => fromRecord(FLAGS, file.record, ` in ${file.path}`)),
    E.map((below) => ({ ...below, ...source })),
  );
};

/** For the command line: flags, environment, config file. */
export const settingsFromArguments = (args: readonly string[], environment: Environment): E.Either<string, Settings> =>
  pipe(
    E.Do,
    E.bind('below', () => fromEnvironment(environment.environment)),
    E.bind('above', () => fromArguments(FLAGS, args)),
    E.chain(({ below, above }) => withConfigFile({ ...below, ...above }, environment)),
    E.chain((source) => understood(source, environment)),
  );

export const configFromArguments = (
  args: readonly string[],
  environment: Environment,
): E.Either<string, MonitorConfig> => E.map(({ config }: Settings) => config)(settingsFromArguments(args, environment));

/** For embedding: options and, if they name one, a config file. The environment is the host program's, not ours. */
export const configFromOptions = (options: MonitorOptions, environment: Environment): E.Either<string, MonitorConfig> =>
  pipe(
    fromRecord(FLAGS, options, ''),
    E.chain((source) => withConfigFile(source, environment)),
    E.chain((source) => understood(source, environment)),
    E.map(({ config }) => config),
  );
