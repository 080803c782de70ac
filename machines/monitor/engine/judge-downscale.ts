/** Rule R5's question, put with what is known at `at`. */
import { checkDownscale, type DownscaleCheck } from '../memory/downscale-check';
import type { Size } from '../../shared/events/size';
import { expectedMs } from './grant-latency';
import type { Digits } from '../../shared/protocol/messages';
import type { Domain } from './state';

/** What a shrink to `target` takes away from what the kernel shows. */
const shrinkBytes = ({ readings }: Domain, target: Size): number =>
  Math.max(0, (readings.memory?.totalBytes ?? 0) - target.mem);

/**
 * @param digits the target's memory as it came (may exceed 2^53)
 * @param releasedBytes what the file cache gives back first; 0 once it has
 */
export const judgeDownscale = (
  at: number,
  domain: Domain,
  target: Size,
  digits: Digits,
  releasedBytes: number,
): DownscaleCheck =>
  checkDownscale({
    at,
    target,
    targetDigits: digits,
    readings: domain.readings,
    sampledAt: domain.sampledAt,
    recommendedMem: domain.recommendedMem,
    bootReserveBytes: domain.bootReserveBytes ?? 0,
    growthBytesPerS: domain.growth.bytesPerS,
    shrinkMs: expectedMs(domain.latency, 'down', shrinkBytes(domain, target)),
    refaultedBytes: domain.refaulted?.bytes ?? 0,
    releasedBytes,
  });
