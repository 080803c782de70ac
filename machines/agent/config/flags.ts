/** The flags of the agent by which it decides. Those of its shell are in adapters/agent/flags.ts. */
import * as E from 'fp-ts/Either';
import { optional } from '../../shared/config/flag';
import { SIZE_FLAGS } from '../../shared/config/size-flags';
import { size } from '../../shared/config/texts/size';
import { wholeNumber } from '../../shared/config/texts/words';
import type { TextReader } from '../../shared/config/texts/text-reader';

/** Of a reserve: more than any host has VMs. */
const RESERVE_UNITS_MOST = 1024;

/** What is given once for all VMs. */
export const HOST_SIZE_FLAGS = {
  capacity: optional(
    { value: 'CPU,MEM', default: 'none', help: 'what all VMs together may have, in vCPU and bytes' },
    size,
  ),
  reserveUnits: optional(
    {
      value: 'N',
      default: 'one for every 8 VMs',
      help: 'compute units of the capacity that are kept for VMs at risk; 0: none',
    },
    wholeNumber(0, RESERVE_UNITS_MOST, 'compute units'),
  ),
  ...SIZE_FLAGS,
  maxSize: optional(
    { value: 'CPU,MEM', default: 'what the hypervisor allows', help: 'largest size, rounded down to whole units' },
    size,
  ),
};

/** Names stand in log lines and as keys: short, and without spaces. */
export const vmName: TextReader<string> = (text) =>
  /^[\w.:[\]-]{1,64}$/.test(text) && text !== '__proto__'
    ? E.right(text)
    : E.left('a name of up to 64 letters, digits and . : _ - [ ]');
