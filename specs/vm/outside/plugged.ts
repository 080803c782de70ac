/** Memory beside that at boot, from the host's side: as the hypervisor says, past all that agents do and say. */
import { MIB } from '../../../machines/shared/units';
import type { Guest } from '../harness';
import { eventually } from '../harness/eventually';

/** What the guest has taken. */
export const pluggedMib = async ({ qmp }: Guest): Promise<number> => (await qmp.pluggedBytes()) / MIB;

/** Asks the guest to have so much, and resolves when it has. */
export const plug = async (guest: Guest, mib: number): Promise<void> => {
  await guest.qmp.requestPlugged(mib * MIB);
  await eventually(() => pluggedMib(guest), mib);
};
