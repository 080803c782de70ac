/**
 * The boot reserve from an acknowledged size. An UpscaleNotification comes before the memory does, so a difference to
 * MemTotal is at first what is still on its way; only once MemTotal has stood for a while it is what the kernel keeps.
 */
import type { MonitorContext } from '../statechart/context';
import type { Size } from '../../shared/events/size';
import { declaredReserveBytes } from '../memory/boot-reserve';
import { sameSize } from '../../shared/sizing';
import { SECOND_MS } from '../../shared/units';
import { agreesInMemory } from './observe';
import type { EngineStep } from './run';

/** Blocks of a plug under way follow each other faster than this. */
const SETTLED_MS = 10 * SECOND_MS;

/** The granted size, if the agent of this connection reported it: an assumed one is no news. */
const toldSize = ({ granted, conn }: MonitorContext): Size | null => {
  const told = conn?.lastGrant?.size ?? null;
  return told !== null && granted !== null && sameSize(told, granted) ? told : null;
};

/** After events went through the statechart: from another granted size on, MemTotal has yet to follow. */
export const awaitTotal = (run: EngineStep, before: MonitorContext): void => {
  if (run.context.granted !== before.granted && run.domain.totalSince !== null) run.update({ totalSince: null });
};

/** At a sample: MemTotal stands beside what was granted, by no more than a kernel may keep. */
export const learnReserve = (run: EngineStep): void => {
  const { memory } = run.domain.readings;
  if (memory === undefined || run.config.statechart.sizeFrom !== 'kernel') return;
  const { totalSince } = run.domain;
  if (totalSince?.bytes !== memory.totalBytes) {
    run.update({ totalSince: { bytes: memory.totalBytes, since: run.at } });
    return;
  }
  const told = toldSize(run.context);
  if (told === null || run.at - totalSince.since < SETTLED_MS || agreesInMemory(run.domain, told)) return;
  const bootReserveBytes = declaredReserveBytes(told.mem, memory.totalBytes);
  // How long it took is not known: the memory has been there for a while.
  if (bootReserveBytes !== null) run.update({ bootReserveBytes, timedRequest: null });
};
