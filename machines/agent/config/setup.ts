/** From flags to what an agent's core is made of. A Left is one line. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { sizingRules, type SizeFlags } from '../../shared/config/sizing-rules';
import type { Size } from '../../shared/events/size';
import { unitsOf } from '../../shared/sizing';
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

/**
 * Two units for 16 VMs: with them none of the VMs of specs/machines/agent/fleet.spec.ts runs out of memory; with none a
 * VM at risk waits until another has given up a unit, which takes longer than a grant. Few VMs are seldom at risk
 * together, and a unit is a large part of a small host.
 */
const VMS_A_RESERVED_UNIT = 8;

/** What of a host with so many VMs is kept for those at risk. */
export const reserveOf = (
  { computeUnit, reserveUnits }: { readonly computeUnit: Size; readonly reserveUnits: number | null },
  vms: number,
): Size => {
  const units = reserveUnits ?? Math.floor(vms / VMS_A_RESERVED_UNIT);
  return unitsOf(computeUnit, units, units);
};
