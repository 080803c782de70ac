/**
 * Memory by virtio-mem (QEMU doc system/devices/virtio-mem): a VM has its base memory and one or more devices
 * that plug and unplug blocks. `requested-size` is what we ask for; `size` is what the guest has taken or given
 * back so far. A DIMM that is plugged counts as base memory: it is never resized here.
 */
import * as E from 'fp-ts/Either';
import { formatBytes } from '../../../../machines/shared/format';
import {
  DimmData,
  type Execute,
  type MemoryDevice,
  QUERY_BASE_MEMORY,
  QUERY_MEMORY_DEVICES,
  setRequestedSize,
  VirtioMemData,
} from './commands';

export interface VirtioMem {
  readonly id: string;
  readonly sizeBytes: number;
  readonly requestedBytes: number;
  readonly maxBytes: number;
  readonly blockBytes: number;
}

export interface MemoryLayout {
  /** What is not resized: memory at boot, and DIMMs. */
  readonly baseBytes: number;
  /** In QEMU's order. */
  readonly devices: readonly VirtioMem[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

export const leastBytes = ({ baseBytes }: MemoryLayout): number => baseBytes;
export const mostBytes = ({ baseBytes, devices }: MemoryLayout): number =>
  baseBytes + sum(devices.map(({ maxBytes }) => maxBytes));
export const pluggedBytes = ({ baseBytes, devices }: MemoryLayout): number =>
  baseBytes + sum(devices.map(({ sizeBytes }) => sizeBytes));
/** The step that every device can make; 1 where nothing can be resized. */
export const stepBytes = ({ devices }: MemoryLayout): number =>
  Math.max(1, ...devices.map(({ blockBytes }) => blockBytes));

const malformed = (type: string): E.Either<string, never> =>
  E.left(`query-memory-devices: a ${type} device has another shape than this build knows`);

const readLayout = (baseBytes: number, all: readonly MemoryDevice[]): E.Either<string, MemoryLayout> => {
  const devices: VirtioMem[] = [];
  let dimmBytes = 0;
  for (const { type, data } of all) {
    if (type === 'virtio-mem') {
      if (!VirtioMemData.is(data)) return malformed(type);
      const { id, size, 'requested-size': requestedBytes, 'max-size': maxBytes, 'block-size': blockBytes } = data;
      if (id === undefined)
        return E.left('a virtio-mem device has no id (-device virtio-mem-pci,id=...): it has no path');
      devices.push({ id, sizeBytes: size, requestedBytes, maxBytes, blockBytes });
    } else if (type === 'dimm') {
      if (!DimmData.is(data)) return malformed(type);
      dimmBytes += data.size;
    }
  }
  return E.right({ baseBytes: baseBytes + dimmBytes, devices });
};

export const lookAtMemory = async (execute: Execute): Promise<E.Either<string, MemoryLayout>> => {
  const base = await execute(QUERY_BASE_MEMORY);
  if (E.isLeft(base)) return base;
  return E.chain((devices: readonly MemoryDevice[]) => readLayout(base.right['base-memory'], devices))(
    await execute(QUERY_MEMORY_DEVICES),
  );
};

export interface Request {
  readonly id: string;
  readonly bytes: number;
}

/**
 * What to ask of each device for a total of `memBytes`: the first is filled before the second gets any. Rounded
 * up to whole blocks, because a VM must not get less than the size reported to its monitor; no device is asked
 * for more than it can hold.
 */
export const planMemory = (layout: MemoryLayout, memBytes: number): E.Either<string, readonly Request[]> => {
  const [least, most] = [leastBytes(layout), mostBytes(layout)];
  if (!(memBytes >= least && memBytes <= most)) {
    const asked = `memory of ${formatBytes(memBytes)} was requested`;
    return E.left(`${asked}, this VM can have ${formatBytes(least)} to ${formatBytes(most)}`);
  }
  let restBytes = memBytes - layout.baseBytes;
  return E.right(
    layout.devices.map(({ id, maxBytes, blockBytes }) => {
      const bytes = Math.min(maxBytes, Math.ceil(restBytes / blockBytes) * blockBytes);
      restBytes = Math.max(0, restBytes - bytes);
      return { id, bytes };
    }),
  );
};

/**
 * Asks each device for its share. If we die in between, the devices that were asked go where they were sent: a size
 * between the old and the new one, which observed() shows and the next request goes on from.
 */
export const requestMemory = async (execute: Execute, memBytes: number): Promise<E.Either<string, void>> => {
  const layout = await lookAtMemory(execute);
  if (E.isLeft(layout)) return layout;
  const plan = planMemory(layout.right, memBytes);
  if (E.isLeft(plan)) return plan;
  for (const [index, { id, bytes }] of plan.right.entries()) {
    if (layout.right.devices[index]?.requestedBytes === bytes) continue;
    const set = await execute(setRequestedSize(id, bytes));
    if (E.isLeft(set)) return E.left(`${id}: ${set.left}`);
  }
  return E.right(undefined);
};
