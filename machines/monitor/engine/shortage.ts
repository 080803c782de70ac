/** Memory that is short: what that asks for, whether it helps, and whether it is memory that is lacking. */
import type { Floors, Lack } from '../statechart/context';
import { LARGEST_SIZE, type Size } from '../../shared/events/size';
import { leftAt } from '../memory/ladder';
import { endsTooSoon, type MemoryOutlook } from '../memory/pressure-level';
import { exhaustionMs, isCurable } from '../memory/runway';
import { useBytes } from '../memory/use';
import { HOUR_MS, MINUTE_MS } from '../../shared/units';
import { grantUpMs, isReportedNow } from './observe';
import type { EngineStep } from './run';

/** What a shortage asked for is not given up again before this long after it. */
const FLOOR_HOLD_MS = MINUTE_MS;
/** A grant that takes so many times as long as expected may never arrive. */
const OVERDUE_GRANTS = 2;
/** What ends later than this may yet turn round. */
const LACK_WITHIN_MS = MINUTE_MS;

/** What was granted is not there yet, and not overdue: it is not to be asked for once more. */
const isOnItsWay = ({ at, domain, context }: EngineStep): boolean => {
  const { timedRequest } = domain;
  if (timedRequest === null || timedRequest.direction !== 'up' || !timedRequest.acknowledged) return false;
  return at - timedRequest.at < OVERDUE_GRANTS * grantUpMs(domain, context);
};

/** Growth that uses up a grant before the next can come: while the shortage lasts, it is not waited for the next one. */
const OUTRUNS_GRANTS = 2;

/** A memory.max within the VM: the kernel's report is about that, and no larger VM changes it. */
const isLimited = ({ domain }: EngineStep): boolean => {
  const { memory, cgroup } = domain.readings;
  const limitBytes = cgroup?.limitBytes ?? Infinity;
  return memory !== undefined && limitBytes < memory.totalBytes;
};

/**
 * The sample itself must show the lack, and it must be one of memory: the level stays critical for a second after a shortage, and a
 * report of the kernel is about the size that it came in.
 */
const isShortNow = (run: EngineStep, outlook: MemoryOutlook): boolean =>
  endsTooSoon(outlook, outlook.curable, run.context.memory === 'critical' ? OUTRUNS_GRANTS : 1) ||
  (isReportedNow(run.at, run.domain) && !isLimited(run));

/** So many shortages in a row with no more use than in the one before, at a larger size each: size is not the cure. */
const FRUITLESS_MOST = 3;
/** Then nothing more is asked for their sake, for so long, and for twice as long each time that it is so again. */
const FRUITLESS_REST_MS = 10 * MINUTE_MS;
const FRUITLESS_REST_MOST_MS = 4 * HOUR_MS;

const restMs = (fruitless: number): number =>
  Math.min(FRUITLESS_REST_MOST_MS, FRUITLESS_REST_MS * 2 ** Math.max(0, fruitless - FRUITLESS_MOST));

/** The same shortage as the last one: use stands where it did. More use is another shortage. */
const isAgain = ({ domain, config }: EngineStep): boolean =>
  domain.shortage !== null && (useBytes(domain.readings) ?? 0) - domain.shortage.useBytes <= config.sizing.unit.mem / 2;

const isResting = (run: EngineStep): boolean => {
  const { shortage } = run.domain;
  const isOver = shortage === null || shortage.fruitless < FRUITLESS_MOST;
  return !isOver && run.at - shortage.at < restMs(shortage.fruitless) && isAgain(run);
};

/** What was asked for is there. What was promised and is not has helped nobody yet. */
const hasCome = ({ domain, context }: EngineStep, sizeBytes: number): boolean =>
  domain.agreed && (context.granted?.mem ?? 0) >= sizeBytes;

/** How many in a row have helped nothing, with the last one; a rest that was not the end of it counts as well. */
const fruitlessNow = (run: EngineStep): number => {
  const { shortage } = run.domain;
  if (shortage === null || run.at - shortage.at > 2 * restMs(shortage.fruitless) || !isAgain(run)) return 0;
  const isOneMore = shortage.fruitless >= FRUITLESS_MOST || hasCome(run, shortage.sizeBytes);
  return shortage.fruitless + (isOneMore ? 1 : 0);
};

export const setFloor = (run: EngineStep, of: keyof Floors, size: Size): void => {
  run.dispatch({ type: 'floor.changed', of, floor: { size, until: run.at + FLOOR_HOLD_MS }, at: run.at });
};

/** A shortage asks for one unit more than is granted, and for another when that did not help. */
export const raiseFloor = (run: EngineStep, outlook: MemoryOutlook): void => {
  const { granted, floors } = run.context;
  if (!isShortNow(run, outlook) || granted === null || isOnItsWay(run) || isResting(run)) return;
  const old = floors.shortage?.size.mem ?? 0;
  const mem = Math.min(LARGEST_SIZE.mem, Math.max(old, granted.mem + run.config.sizing.unit.mem));
  if (mem > old) {
    const fruitless = fruitlessNow(run);
    run.update({ shortage: { at: run.at, useBytes: useBytes(run.domain.readings) ?? 0, sizeBytes: mem, fruitless } });
    // Later ones, after a rest, are tried once each.
    if (fruitless === FRUITLESS_MOST) return;
  }
  setFloor(run, 'shortage', { cpu: 0, mem });
};

/** What ends is not memory, or more of it has not helped: said once, with its cure. */
const lackNow = (run: EngineStep, { shortest, growthBytesPerS }: MemoryOutlook): Lack | null => {
  if (isResting(run)) return { of: 'fruitless', path: null };
  const { term, bytes } = shortest;
  if (isCurable(term) || exhaustionMs(bytes, growthBytesPerS) > LACK_WITHIN_MS) return null;
  return { of: term, path: term === 'foreignLimit' ? (run.domain.readings.cgroup?.limitPath ?? null) : null };
};

/** Once found it stands for a while: what is said once must not be said each second. */
export const nameLack = (run: EngineStep, outlook: MemoryOutlook): void => {
  const { lack } = run.context;
  const now = lackNow(run, outlook);
  if (lack?.of === now?.of && lack?.path === now?.path) return;
  const isOver = now === null && outlook.shortest.leftBytes > 2 * leftAt('recommended', outlook.shortest.sizeBytes);
  if (now !== null || isOver) run.dispatch({ type: 'lack.changed', lack: now, at: run.at });
};
