/**
 * vCPUs by hotplug (QEMU doc system/cpu-hotplug). A slot is plugged by `device_add` with its own properties. Taking
 * one out is done under KVM only: under TCG a `device_del` of a CPU corrupts the heap of QEMU (seen with 7.2), so
 * there the guest takes surplus CPUs offline, and they stay plugged.
 */
import * as E from 'fp-ts/Either';
import { type CpuSlot, type Execute, plugCpu, QUERY_CPU_SLOTS, QUERY_KVM, unplug } from './commands';

/** QEMU's path of a device that was plugged under an id. */
const PERIPHERAL = '/machine/peripheral/';

const isPlugged = (slot: CpuSlot): boolean => slot['qom-path'] !== undefined;
const count = (slots: readonly CpuSlot[]): number => slots.reduce((total, slot) => total + slot['vcpus-count'], 0);

export const pluggedCpus = (slots: readonly CpuSlot[]): number => count(slots.filter(isPlugged));
export const mostCpus = count;

interface Plug {
  readonly slot: CpuSlot;
  readonly id: string;
}

/** The slots to plug until there are `wanted` vCPUs. QEMU lists the last slot first; we fill from the first. */
export const toPlug = (slots: readonly CpuSlot[], wanted: number): readonly Plug[] => {
  const plan: Plug[] = [];
  let there = pluggedCpus(slots);
  for (const [index, slot] of [...slots].reverse().entries()) {
    if (there >= wanted) break;
    if (isPlugged(slot)) continue;
    plan.push({ slot, id: `vm-monitor-cpu${index}` });
    there += slot['vcpus-count'];
  }
  return plan;
};

/** Ids of the CPUs to take out while at least `wanted` vCPUs remain, last slot first. Those of the boot have no id. */
export const toUnplug = (slots: readonly CpuSlot[], wanted: number): readonly string[] => {
  const ids: string[] = [];
  let there = pluggedCpus(slots);
  for (const { 'qom-path': path, 'vcpus-count': vcpus } of slots) {
    if (path?.startsWith(PERIPHERAL) !== true || there - vcpus < wanted) continue;
    ids.push(path.slice(PERIPHERAL.length));
    there -= vcpus;
  }
  return ids;
};

const plugAll = async (execute: Execute, plugs: readonly Plug[]): Promise<E.Either<string, void>> => {
  for (const [done, { slot, id }] of plugs.entries()) {
    const plugged = await execute(plugCpu(slot, id));
    if (E.isLeft(plugged)) return E.left(`${done} of ${plugs.length} vCPUs were plugged: ${plugged.left}`);
  }
  return E.right(undefined);
};

/** What becomes of vCPUs above the wanted ones: there are none or they were asked for, or QEMU must not unplug them. */
export type Surplus = 'goes' | 'stays';

const unplugAll = async (execute: Execute, ids: readonly string[]): Promise<E.Either<string, Surplus>> => {
  if (ids.length === 0) return E.right('goes');
  const kvm = await execute(QUERY_KVM);
  if (E.isLeft(kvm)) return kvm;
  if (!kvm.right.enabled) return E.right('stays');
  for (const id of ids) {
    const asked = await execute(unplug(id));
    if (E.isLeft(asked)) return E.left(`${id}: ${asked.left}`);
  }
  return E.right('goes');
};

/**
 * Plugs up to `wanted` whole vCPUs, or asks the guest to give back those above. If we die in between, fewer are
 * plugged or more remain: observed() shows it, and the next request goes on from there.
 */
export const requestCpus = async (execute: Execute, wanted: number): Promise<E.Either<string, Surplus>> => {
  const slots = await execute(QUERY_CPU_SLOTS);
  if (E.isLeft(slots)) return slots;
  const most = mostCpus(slots.right);
  if (wanted > most) return E.left(`${wanted} vCPUs were requested, this VM has slots for ${most} (-smp maxcpus)`);
  const plugged = await plugAll(execute, toPlug(slots.right, wanted));
  return E.isLeft(plugged) ? plugged : unplugAll(execute, toUnplug(slots.right, wanted));
};
