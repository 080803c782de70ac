/**
 * A virtual machine for specs: Linux with cgroup v2, Postgres, Node, and memory and vCPUs that can be plugged.
 *
 *   const guest = await bootGuest({ memMib: 512, maxMemMib: 1536 });
 *   await guest.run('cat /proc/meminfo');
 *   await guest.qmp.requestPlugged(512 * MIB);
 *   afterAll(stopGuests);
 */
import { chooseAccelerator, type Accelerator } from './accelerator';
import { forwardedPorts } from './forwarded-ports';
import { keep } from './keep';
import { BOOT_DEADLINE_MS, KVM_DEADLINE_MS } from './limits';
import { agentQmpSocket, qmpSocket, type GuestPort, type Hardware } from './qemu-command';
import { startQemu, type QemuProcess } from './qemu-process';
import { connectQmp, type Qmp } from './qmp';
import { shellAt, type Shell } from './shell';

export interface Guest extends Shell {
  readonly accelerator: Accelerator;
  /** The host's port (on 127.0.0.1) that leads to this port of the guest. */
  readonly port: Readonly<Record<GuestPort, number>>;
  /** For what specs ask the hypervisor. */
  readonly qmp: Qmp;
  /** A QMP socket that is left to the agent under test. */
  readonly agentQmpSocket: string;
  /** What kernel and init have said up to now. */
  readonly console: () => string;
  /** Resolves when the VM is gone, for whatever reason. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const SMALL: Hardware = { memMib: 512, maxMemMib: 512, cpus: 2, maxCpus: 2, swapMib: 0, kernelArgs: '' };

const guests = new Set<Guest>();

/** Belongs into afterAll. */
export const stopGuests = async (): Promise<void> => {
  await Promise.all([...guests].map((guest) => guest.stop()));
};

const worksWithKvm = async (): Promise<boolean> => {
  try {
    await (await startQemu(SMALL, 'kvm', KVM_DEADLINE_MS)).kill();
    return true;
  } catch {
    return false;
  }
};

const guestOf = async (qemu: QemuProcess, accelerator: Accelerator): Promise<Guest> => {
  const qmp = await connectQmp(qmpSocket(qemu.directory));
  const port = await forwardedPorts(qmp);
  const guest: Guest = {
    ...shellAt(port.commands),
    accelerator,
    port,
    qmp,
    agentQmpSocket: agentQmpSocket(qemu.directory),
    console: qemu.console,
    ended: qemu.ended,
    stop: async () => {
      guests.delete(guest);
      keep('console', qemu.console());
      qmp.close();
      await qemu.kill();
    },
  };
  guests.add(guest);
  return guest;
};

/** @param hardware what differs from 512 MiB and 2 vCPUs, both fixed; resolves when the guest takes scripts */
export const bootGuest = async (hardware: Partial<Hardware> = {}): Promise<Guest> => {
  const accelerator = await chooseAccelerator(worksWithKvm);
  const wanted = { ...SMALL, ...hardware };
  const { memMib, cpus } = wanted;
  const sane = { ...wanted, maxMemMib: Math.max(memMib, wanted.maxMemMib), maxCpus: Math.max(cpus, wanted.maxCpus) };
  const qemu = await startQemu(sane, accelerator, BOOT_DEADLINE_MS);
  try {
    return await guestOf(qemu, accelerator);
  } catch (error) {
    await qemu.kill();
    throw error;
  }
};
