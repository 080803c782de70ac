/** The environment as a source: `VM_MONITOR_EVENT_LOG_MAX=64MiB`, `VM_MONITOR_INDEPENDENT=true`. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { ENVIRONMENT_PREFIX, environmentName } from '../../shared/config/flag-names';
import type { Variables } from '../../shared/config/environment';
import type { FlagKey } from './flags';
import { FLAG_KEYS, type FLAGS } from './flags';
import type { Given, Source } from '../../shared/config/given';
import { unknownKey } from '../../shared/config/given';

const KEYS_BY_NAME: ReadonlyMap<string, FlagKey> = new Map(FLAG_KEYS.map((key) => [environmentName(key), key]));

/** An empty variable counts as not set, as is the custom. */
export const fromEnvironment = (environment: Variables): Either<string, Source<typeof FLAGS>> => {
  const source: { [Key in FlagKey]?: Given } = {};
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(ENVIRONMENT_PREFIX) || text === undefined || text === '') continue;
    const key = KEYS_BY_NAME.get(name);
    if (key === undefined) return E.left(unknownKey(name, [...KEYS_BY_NAME.keys()]));
    source[key] = { label: name, texts: [text] };
  }
  return E.right(source);
};
