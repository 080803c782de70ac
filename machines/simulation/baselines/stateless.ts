/** State of policies that remember nothing: always {}. */
import * as t from 'io-ts';

export const NoState = t.record(t.string, t.undefined);
export type NoState = t.TypeOf<typeof NoState>;
