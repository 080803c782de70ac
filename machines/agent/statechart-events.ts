/** What one VM's statechart receives, each with the instant `at`. */
import type { Size } from '../shared/events/size';
import type { AgentInput, VmFrameReceived } from './events';
import type { TypeOf } from 'io-ts';

type WithoutVm<E> = E extends unknown ? Omit<E, 'vm'> : never;

/** Inputs that go to the statechart as they are; the statechart is that of their VM. */
type Forwarded = WithoutVm<Exclude<AgentInput, TypeOf<typeof VmFrameReceived>>>;

/** A frame of the monitor, by its meaning. */
export type MonitorMessageEvent =
  | {
      readonly type: 'request.received';
      readonly target: Size;
      readonly floor: Size | null;
      readonly withinMs: number | null;
    }
  | { readonly type: 'upscale.asked' }
  | { readonly type: 'upscale.confirmed'; readonly id: number }
  | { readonly type: 'downscale.answered'; readonly id: number; readonly ok: boolean; readonly status: string }
  | { readonly type: 'request.failed'; readonly id: number; readonly error: string }
  | { readonly type: 'health.answered' }
  | { readonly type: 'frame.unreadable'; readonly error: string };

/** What the engine sends itself. */
type EngineEvent =
  /** The first frame after a health check that was not answered yet. */
  | { readonly type: 'monitor.spoke' }
  | { readonly type: 'goal.changed'; readonly goal: Size }
  /** Not all of a request can be had. */
  | { readonly type: 'request.denied'; readonly target: Size; readonly reason: string };

type At<E> = E extends unknown ? E & { readonly at: number } : never;
export type VmEvent = At<Forwarded | MonitorMessageEvent | EngineEvent>;
export type VmEventType = VmEvent['type'];
