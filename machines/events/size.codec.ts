import * as t from 'io-ts';

/** A size of a VM: vCPUs (may be a fraction) and bytes. */
export const Size = t.readonly(t.type({ cpu: t.number, mem: t.number }));
export type Size = t.TypeOf<typeof Size>;
