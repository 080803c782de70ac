/** The driver of a VM's hypervisor: QEMU where a QMP socket is named, else none. */
import type { VmConfig } from '../../machines/agent/context';
import type { Size } from '../../machines/shared/events/size';
import type { Hypervisor } from './hypervisor/hypervisor';
import { noHypervisor } from './hypervisor/none';
import { openQemu } from './hypervisor/qemu';
import type { VmPlace } from './agent-config';

const NO_BOUND: Size = { cpu: Infinity, mem: Infinity };

/** @param say a line for the operator */
export const openHypervisor = (
  { sizing }: VmConfig,
  { qmp, qemuCgroup, initial, delayMs }: VmPlace,
  say: (line: string) => void,
): Hypervisor =>
  qmp === null
    ? noHypervisor({ initial, min: sizing.min, max: sizing.max ?? NO_BOUND, delayMs })
    : openQemu({ socketPath: qmp, cgroup: qemuCgroup, say });
