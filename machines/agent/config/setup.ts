/** From flags to what an agent's core is made of. A Left is one line. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { sizingRules, type SizeFlags } from '../../shared/config/sizing-rules';
import type { Size } from '../../shared/events/size';
import type { VmConfig } from '../context';

/** One VM; what it does not say is as for all. */
export interface GivenVm {
  readonly name: string;
  readonly minSize: Size | null;
  readonly maxSize: Size | null;
  readonly metrics: boolean;
}

export const vmConfig = (host: SizeFlags, { name, minSize, maxSize, metrics }: GivenVm): Either<string, VmConfig> => {
  const { computeUnit, independent } = host;
  const bounds = { minSize: minSize ?? host.minSize, maxSize: maxSize ?? host.maxSize };
  return E.bimap(
    ({ key, expected }: { readonly key: string; readonly expected: string }) =>
      `${key} of ${name}: expected ${expected}`,
    (sizing: VmConfig['sizing']): VmConfig => ({ name, sizing, metrics }),
  )(sizingRules({ computeUnit, independent, ...bounds }));
};

/** A name that two VMs have; undefined: none. */
export const repeatedName = (vms: readonly VmConfig[]): string | undefined => {
  const names = vms.map(({ name }) => name);
  return names.find((name, index) => names.indexOf(name) !== index);
};
