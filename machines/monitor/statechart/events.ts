/**
 * What the statechart receives: outcomes and timers as they are logged, the agent's messages by their
 * meaning, and verdicts of the engine, which come only when they change. All bear the instant `at`.
 */
import type { DownscaleCheck } from '../memory/downscale-check';
import type { InputEvent } from '../events/inputs';
import type { Floor, Floors, Lack } from './context';
import type { Size } from '../../shared/events/size';
import type { Escalation } from '../protection/escalation';
import type { Digits } from '../../shared/protocol/messages';

/** Inputs that go to the statechart as they are. */
export type ForwardedInput = Exclude<
  InputEvent,
  { type: 'sample.taken' | 'frame.received' | 'memory.high.reached' | 'workingSet.sampled' | 'workingSet.lost' }
>;

/** A frame of the agent, decoded. */
export type AgentMessageEvent =
  | { readonly type: 'upscale.notified'; readonly id: Digits; readonly granted: Size }
  | {
      readonly type: 'downscale.requested';
      readonly id: Digits;
      readonly target: Size;
      /** The target's memory as it came (may exceed 2^53). */
      readonly targetDigits: Digits;
      readonly check: DownscaleCheck;
      /** What the file cache may keep in a VM of the target's size. */
      readonly cacheBytes: number;
    }
  | { readonly type: 'health.checked'; readonly id: Digits }
  | { readonly type: 'request.rejected'; readonly id: Digits; readonly error: string }
  | { readonly type: 'agent.failed'; readonly id: Digits; readonly error: string }
  | { readonly type: 'scale.denied'; readonly target: Size; readonly reason: string }
  | {
      readonly type: 'vm.informed';
      readonly granted: Size | null;
      readonly max: Size | null;
      readonly etaMs: number | null;
    }
  | { readonly type: 'frame.malformed'; readonly id: Digits; readonly error: string };

/** A verdict of the engine that has changed. */
export type EngineEvent =
  | {
      readonly type: 'desired.changed';
      readonly desired: Size;
      readonly capped: boolean;
      /** The windows are not full yet (rule R12). */
      readonly retaining: boolean;
      /** It is decided, but not to be requested: see NotHasty. */
      readonly withheld: boolean;
      /** Pressure has become critical: the request is sent at once, also if it stays the same. */
      readonly urgent: boolean;
      readonly floor: Size | null;
      readonly withinMs: number | null;
    }
  /** Below `floor.size` nothing is desired for a while; null: no longer. */
  | { readonly type: 'floor.changed'; readonly of: keyof Floors; readonly floor: Floor | null }
  /** The agent believes another floor than this one, and is to be told now (request.ts, isFloorToTell). */
  | { readonly type: 'floor.moved'; readonly floor: Size; readonly withinMs: number | null }
  /** Memory ends for want of something that no larger size gives; null: it does not any more. */
  | { readonly type: 'lack.changed'; readonly lack: Lack | null }
  /** Where memory.high should stand; null: at "max". */
  | { readonly type: 'tripwire.wanted'; readonly highBytes: number | null }
  | { readonly type: 'limits.wanted'; readonly hardLimitBytes: number | null }
  | { readonly type: 'escalation.changed'; readonly level: Escalation }
  /** What the region downscale waits for in `judging`. */
  | { readonly type: 'downscale.judged'; readonly check: DownscaleCheck }
  /** Fewer CPUs are online than we had brought online. */
  | { readonly type: 'cpus.missing' }
  | { readonly type: 'pressure.normal' }
  | { readonly type: 'pressure.elevated' }
  | { readonly type: 'pressure.critical'; readonly floor: Size | null; readonly withinMs: number | null }
  /** The agent's first frame has been answered. */
  | { readonly type: 'agent.spoke' }
  /** The kernel's size, rounded to whole units, before anything was acknowledged. */
  | { readonly type: 'size.assumed'; readonly size: Size }
  /** The kernel shows the granted size. */
  | { readonly type: 'size.observed' };

/** Said by one region to the others within one step. */
export type Raised =
  | { readonly type: 'agent.ready' }
  | { readonly type: 'upscale.applied'; readonly id: Digits }
  | { readonly type: 'downscale.approved'; readonly target: Size }
  | { readonly type: 'fileCache.wanted'; readonly sizeBytes: number };

type At<E> = E extends unknown ? E & { readonly at: number } : never;
export type StatechartEvent = At<ForwardedInput | AgentMessageEvent | EngineEvent | Raised>;
export type StatechartEventType = StatechartEvent['type'];
