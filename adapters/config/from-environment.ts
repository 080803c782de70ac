/** The environment as a source: `VM_MONITOR_EVENT_LOG_MAX=64MiB`, `VM_MONITOR_INDEPENDENT=true`. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { ENVIRONMENT_PREFIX, environmentName } from './flag-names';
import type { FlagKey } from './flags';
import { FLAG_KEYS, type FLAGS } from './flags';
import type { Given, Source } from './given';
import { unknownKey } from './given';

export type Environment = Readonly<Record<string, string | undefined>>;

const KEYS_BY_NAME: ReadonlyMap<string, FlagKey> = new Map(FLAG_KEYS.map((key) => [environmentName(key), key]));

/** An empty variable counts as not set, as is the custom. */
export const fromEnvironment = (environment: Environment): Either<string, Source<typeof FLAGS>> => {
  const source: { [Key in FlagKey]?: Given } = {};
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(ENVIRONMENT_PREFIX) || text === undefined || text === '') continue;
    const key = KEYS_BY_NAME.get(name);
    if (key === undefined) return E.left(unknownKey(name, [...KEYS_BY_NAME.keys()]));
    source[key] = { label: name, texts: [text] };
  }
  return E.right(source);
};
