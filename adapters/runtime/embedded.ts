/** The embedded agent of `make run`: a virtual size within the bounds, on the monitor's own address. */
import { availableParallelism, totalmem } from 'node:os';
import type { Size } from '../../machines/events/size.codec';
import { unitsDown, unitsOf, type SizingRules } from '../../machines/sizing';
import { startEmbeddedAgent, type EmbeddedAgent } from '../embedded-agent';
import type { Logger } from '../logging/logger';
import type { Address } from './address';

/** What resizing a QEMU VM commonly takes. */
const GRANT_UP_MS = 1_500;
const GRANT_DOWN_MS = 6_000;

/** Without a configured maximum: twice this machine, so that most wishes can be seen to be granted. */
const largest = ({ unit, min, max }: SizingRules): Size => {
  if (max !== null) return max;
  const units = Math.min(unitsDown(2 * availableParallelism(), unit.cpu), unitsDown(2 * totalmem(), unit.mem));
  const size = unitsOf(unit, units, units);
  return { cpu: Math.max(size.cpu, min.cpu), mem: Math.max(size.mem, min.mem) };
};

export const startEmbedded = (
  sizing: SizingRules,
  address: Address,
  token: string | null,
  logger: Logger,
): EmbeddedAgent =>
  startEmbeddedAgent({
    url: `ws://${String(address)}/monitor`,
    ...(token === null ? {} : { token }),
    initial: sizing.min,
    min: sizing.min,
    max: largest(sizing),
    unit: sizing.unit,
    grantUpMs: GRANT_UP_MS,
    grantDownMs: GRANT_DOWN_MS,
    // Wishes and grants are lines of the monitor itself already; only trouble would go unsaid.
    onEvent: (event) => {
      if (event.type === 'trouble') logger.warn(`embedded agent: ${event.error}`);
    },
  });
