/** A state as it is logged at the head of a segment, and back. */
import * as E from 'fp-ts/Either';
import { initialContext } from '../statechart/context';
import { throttledUntil } from '../statechart/throttle-budget';
import { monitorMachine } from '../statechart/monitor.machine';
import { NO_GROWTH } from '../memory/growth';
import type { Resumable } from '../../shared/core/core';
import type { Size } from '../../shared/events/size';
import { createPolicy } from '../policies';
import { exceeds, toWholeUnits, type SizingRules } from '../../shared/sizing';
import { createEngine, type Engine } from './engine';
import { upToDate } from './older-states';
import { EMPTY_DOMAIN, SavedState, type EngineSetup, type EngineState } from './state';

export const engineFor = ({ policy, prefer, engine }: EngineSetup): Engine =>
  createEngine(createPolicy(policy, engine.sizing.unit, prefer), engine);

export const saveState = (engine: Engine, { policy, domain, statechart }: EngineState): SavedState => ({
  policy: { name: engine.policy.name, state: policy },
  domain,
  statechart: { value: statechart.value, context: statechart.context },
});

/** The policy's own state; null: another policy wrote it, or an older build of this one, and it starts with empty windows. */
const policyState = (engine: Engine, { policy }: SavedState): unknown => {
  if (policy.name !== engine.policy.name) return null;
  const decoded = engine.policy.stateCodec.decode(policy.state);
  return E.isRight(decoded) ? decoded.right : null;
};

const decodeSaved = (engine: Engine, state: unknown): E.Either<string, { saved: SavedState; policy: unknown }> => {
  const decoded = SavedState.decode(upToDate(state));
  if (E.isLeft(decoded)) return E.left('the saved state has not the shape that this build knows');
  const saved = decoded.right;
  const policy = policyState(engine, saved);
  if (policy !== null) return E.right({ saved, policy });
  return E.right({
    saved: { ...saved, domain: { ...saved.domain, coveredSince: null } },
    policy: engine.policy.initial,
  });
};

/** Goes on exactly where a segment's head was written. */
export const continueFrom = (engine: Engine, state: unknown): E.Either<string, EngineState> => {
  const read = decodeSaved(engine, state);
  if (E.isLeft(read)) return read;
  const { saved, policy } = read.right;
  const { value, context } = saved.statechart;
  try {
    return E.right({ policy, domain: saved.domain, statechart: monitorMachine.resolveState({ value, context }) });
  } catch (error) {
    return E.left(`the saved statechart does not fit this build: ${String(error)}`);
  }
};

/** A request of before, unless the bounds have changed since and leave it out. */
const withinBounds = (bounds: SizingRules, requested: Size | null): Size | null => {
  if (requested === null) return null;
  const isOutside = exceeds(bounds.min, requested) || (bounds.max !== null && exceeds(requested, bounds.max));
  return isOutside ? toWholeUnits(bounds, requested) : requested;
};

/** What a process that starts anew keeps of a statechart: the sizes, not the connection or work under way. */
const restartedChart = (
  engine: Engine,
  { desired, granted, agentMax, etaMs, lastRequestedAt, throttle, floors }: SavedState['statechart']['context'],
  coveredUntil: number | null,
) => {
  const requested = withinBounds(engine.config.sizing, desired);
  return monitorMachine.resolveState({
    value: engine.initial.statechart.value,
    context: {
      ...initialContext(engine.config.statechart),
      ...{ granted, agentMax, etaMs, lastRequestedAt, floors },
      desired: requested,
      // The windows may have a gap: less is not requested before it has been decided anew (rule R12).
      withheld: requested !== null && granted !== null && exceeds(granted, requested),
      // A throttle that was under way ended with the process, or with its watchdog process: hardly later than its last sample.
      throttle: { ...throttledUntil(throttle, coveredUntil ?? throttle.since ?? 0), failures: 0 },
    },
  });
};

/**
 * After a restart within the same boot: windows and the last request are kept, what was under way is
 * not. Growth starts anew, because the time between was not seen.
 */
export const restartFrom = (engine: Engine, state: unknown): E.Either<string, EngineState> => {
  const read = decodeSaved(engine, state);
  if (E.isLeft(read)) return read;
  const { saved, policy } = read.right;
  return E.right({
    policy,
    domain: {
      ...saved.domain,
      readings: {},
      sampledAt: null,
      growth: NO_GROWTH,
      hotUnplug: null,
      sharedGrowth: NO_GROWTH,
      reliefBytes: 0,
      wire: null,
      trippedAt: null,
      fileBytesAtLimit: null,
      easingSince: null,
      refaulted: null,
      recommendedMem: null,
      // Emitted anew, so that a log and a reader of lines know from the start on what we act, and why.
      decided: null,
      timedRequest: null,
      totalSince: null,
    },
    statechart: restartedChart(engine, saved.statechart.context, saved.domain.coveredUntil),
  });
};

/** After another boot: windows are empty and the size is what the kernel shows; only what was learned stays. */
export const rebootFrom = (engine: Engine, state: unknown): E.Either<string, EngineState> => {
  const read = decodeSaved(engine, state);
  if (E.isLeft(read)) return read;
  const { latency, stats, nextCommandId } = read.right.saved.domain;
  return E.right({ ...engine.initial, domain: { ...EMPTY_DOMAIN, latency, stats, nextCommandId } });
};

export const resumable = (engine: Engine): Resumable<EngineState> => ({
  initial: engine.initial,
  save: (state) => saveState(engine, state),
  restartFrom: (saved) => restartFrom(engine, saved),
  rebootFrom: (saved) => rebootFrom(engine, saved),
});
