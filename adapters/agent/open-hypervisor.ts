/** The driver of a VM's hypervisor. */
import type { Size } from '../../machines/events/size.codec';
import type { Hypervisor } from '../hypervisor/hypervisor';
import { noHypervisor } from '../hypervisor/none';
import type { VmConfig } from '../../machines/agent/context';
import type { VmPlace } from './agent-config';

const NO_BOUND: Size = { cpu: Infinity, mem: Infinity };

export const openHypervisor = ({ sizing }: VmConfig, { initial }: VmPlace): Hypervisor =>
  noHypervisor({ initial, min: sizing.min, max: sizing.max ?? NO_BOUND });
