/** May this VM shrink to `target`? Rule R5: never below use, judged on a fresh sample. */
import type { Readings } from '../events/readings';
import type { Size } from '../../shared/events/size';
import { formatBytes } from '../../shared/format';
import { marginFor, marginTotal, useBytes } from './use';
import type { Digits } from '../../shared/protocol/messages';
import { MIB, SECOND_MS } from '../../shared/units';

/** A sample older than this shows nothing of now. */
const FRESH_MS = SECOND_MS;
/** A recommendation of more that is younger than this has not reached the agent yet. */
const YOUNG_MS = SECOND_MS;

export interface DownscaleQuestion {
  readonly at: number;
  readonly target: Size;
  /** The target's memory as it came, for the Status (may exceed 2^53). */
  readonly targetDigits: Digits;
  readonly readings: Readings;
  /** When the readings were taken; null: never. */
  readonly sampledAt: number | null;
  /** The memory that the policy needs, and since when it has needed that much. */
  readonly recommendedMem: { readonly bytes: number; readonly since: number | null } | null;
  /** Declared size − MemTotal: what the kernel keeps of every size that is smaller (machines/monitor/memory/boot-reserve.ts). */
  readonly bootReserveBytes: number;
  readonly growthBytesPerS: number;
  readonly shrinkMs: number;
  /** Of file pages, what came back in the last seconds after it had been dropped. */
  readonly refaultedBytes: number;
  /** What the file cache gives back before the memory goes. */
  readonly releasedBytes: number;
}

export interface DownscaleCheck {
  readonly ok: boolean;
  readonly status: string;
}

const no = (status: string): DownscaleCheck => ({ ok: false, status });

/** Names what of the use cannot be given back, for the reader of a refusal. */
const floorOf = ({ cgroup, memory }: Readings): string => {
  const shmem = cgroup?.shmemBytes ?? memory?.shmemBytes ?? 0;
  return shmem >= 16 * MIB ? ` (of it ${formatBytes(shmem)} shared memory touched)` : '';
};

/** A size may be so small that not even the kernel's share is there. */
const usableText = (holds: number, bootReserveBytes: number): string =>
  holds >= 0
    ? `${formatBytes(holds)} usable`
    : `0 B usable, as the kernel alone keeps ${formatBytes(bootReserveBytes)} of this VM`;

const judgeUse = (question: DownscaleQuestion, use: number): DownscaleCheck => {
  const { readings, target, growthBytesPerS, shrinkMs, bootReserveBytes, refaultedBytes } = question;
  const growthBytes = (Math.max(0, growthBytesPerS) * shrinkMs) / 1000;
  const margin = marginFor(readings, refaultedBytes, target.mem, growthBytes);
  const holds = target.mem - bootReserveBytes;
  const needed = use + marginTotal(margin);
  const parts =
    `${formatBytes(use)} in use${floorOf(readings)} + ${formatBytes(margin.marginBytes)} margin` +
    ` + ${formatBytes(margin.dirtyBytes)} dirty + ${formatBytes(margin.hotFileBytes)} hot cache`;
  const size = `${question.targetDigits} bytes of memory (${usableText(holds, bootReserveBytes)})`;
  return holds >= needed
    ? { ok: true, status: `${size} hold ${parts}` }
    : no(`${size} do not hold ${formatBytes(needed)}: ${parts}`);
};

/** Why a recommendation that has just arisen speaks against the target; null if none does. */
const youngRecommendation = ({ at, recommendedMem, target, targetDigits }: DownscaleQuestion): string | null => {
  if (recommendedMem === null || recommendedMem.since === null || target.mem >= recommendedMem.bytes) return null;
  const ageMs = at - recommendedMem.since;
  if (ageMs >= YOUNG_MS) return null;
  return `${formatBytes(recommendedMem.bytes)} of memory have been needed for ${ageMs} ms; ${targetDigits} bytes are less`;
};

/** The answer with its numbers; equality approves. CPU is not a reason to refuse. */
export const checkDownscale = (question: DownscaleQuestion): DownscaleCheck => {
  const { at, sampledAt, readings } = question;
  const use = useBytes(readings);
  if (sampledAt === null || use === null) return no('no memory sample: use is unknown');
  if (at - sampledAt > FRESH_MS)
    return no(`the latest memory sample is ${at - sampledAt} ms old, more than ${FRESH_MS}`);
  const young = youngRecommendation(question);
  if (young !== null) return no(young);
  return judgeUse(question, Math.max(0, use - question.releasedBytes));
};
