/** The command line of QEMU for a guest that can grow. */
import { join } from 'node:path';
import type { Image } from '../image';
import { ACCELERATORS, type Accelerator } from './accelerator';

/** Ports in the guest that the host can reach. */
export const GUEST_PORTS = { commands: 10400, monitor: 10301, metrics: 10302, postgres: 5432 } as const;
export type GuestPort = keyof typeof GUEST_PORTS;

/** The id of the device whose size is what was plugged. */
export const MEMORY_DEVICE = 'vm0';

export interface Hardware {
  /** Memory at boot, in MiB. */
  readonly memMib: number;
  /** With all that can be plugged; the difference is a multiple of 128 MiB. */
  readonly maxMemMib: number;
  /** vCPUs at boot. */
  readonly cpus: number;
  readonly maxCpus: number;
  /** 0: none. */
  readonly swapMib: number;
  /** Added to the kernel's command line. */
  readonly kernelArgs: string;
}

/** Files of one guest. */
export const qmpSocket = (directory: string): string => join(directory, 'qmp');
export const agentQmpSocket = (directory: string): string => join(directory, 'agent-qmp');
export const swapFile = (directory: string): string => join(directory, 'swap');

/**
 * Quick to boot (first line), cgroup v2 only and with PSI, plugged memory onlined such that a small VM keeps its
 * kernel's zones, and no delay loop measured for a plugged vCPU (seconds under emulation).
 */
const KERNEL_ARGS = [
  'console=ttyS0 quiet panic=-1 mitigations=off nokaslr tsc=reliable no_timer_check random.trust_cpu=on audit=0',
  'cgroup_no_v1=all psi=1',
  'memhp_default_state=online memory_hotplug.online_policy=auto-movable',
  'lpj=4000000',
].join(' ');

const memory = ({ memMib, maxMemMib }: Hardware): readonly string[] => {
  if (maxMemMib === memMib) return ['-m', `${memMib}M`];
  const backend = `memory-backend-ram,id=plugged,size=${maxMemMib - memMib}M`;
  const device = `virtio-mem-pci,id=${MEMORY_DEVICE},memdev=plugged,requested-size=0`;
  return ['-m', `${memMib}M,maxmem=${maxMemMib}M,slots=1`, '-object', backend, '-device', device];
};

/** `snapshot`: what the guest writes is thrown away. */
const disk = (id: string, file: string, snapshot: 'on' | 'off'): readonly string[] => [
  '-drive',
  `file=${file},if=none,id=${id},format=raw,snapshot=${snapshot},cache=unsafe`,
  '-device',
  `virtio-blk-pci,drive=${id}`,
];

/** Port 0: QEMU takes a free one. restrict: the guest reaches nothing outside. */
const network = (): readonly string[] => {
  const forwards = Object.values(GUEST_PORTS).map((port) => `hostfwd=tcp:127.0.0.1:0-:${port}`);
  return ['-netdev', ['user,id=n0,restrict=on', ...forwards].join(), '-device', 'virtio-net-pci,netdev=n0,romfile='];
};

/** QEMU talks to one client a socket: one is ours, one is left to the agent under test. */
const control = (directory: string): readonly string[] =>
  [qmpSocket(directory), agentQmpSocket(directory)].flatMap((path) => ['-qmp', `unix:${path},server=on,wait=off`]);

/** @param directory of this guest; @returns the arguments of qemu-system-x86_64 */
export const qemuArguments = (
  { kernel, initrd, root }: Image,
  hardware: Hardware,
  accelerator: Accelerator,
  directory: string,
): readonly string[] => [
  ...[...ACCELERATORS[accelerator], '-M', 'q35'],
  ...memory(hardware),
  ...['-smp', `cpus=${hardware.cpus},maxcpus=${hardware.maxCpus}`],
  ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
  ...['-kernel', kernel, '-initrd', initrd, '-append', `${KERNEL_ARGS} ${hardware.kernelArgs}`],
  ...disk('d0', root, 'on'),
  ...(hardware.swapMib === 0 ? [] : disk('d1', swapFile(directory), 'off')),
  ...network(),
  ...control(directory),
];
