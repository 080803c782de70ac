/** Flags that the monitor and the agent both have, with the same meaning. */
import { optional, single, toggle } from './flag';
import { size } from './texts/size';

export const SIZE_FLAGS = {
  computeUnit: single({ value: 'CPU,MEM', default: '0.25,1GiB', help: 'step of sizes, in vCPU and bytes' }, size),
  independent: toggle({ help: 'CPU and memory move in their own steps, not together' }),
  minSize: optional({ value: 'CPU,MEM', default: 'one unit', help: 'smallest size, rounded up to whole units' }, size),
};
