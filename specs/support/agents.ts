/** Agents as the monitor meets them. Each answers one frame of the monitor. */
import type { Size } from '../../machines/shared/events/size';
import { exceeds, sameSize } from '../../machines/shared/sizing';
import type { SentFrame } from '../rules/trace';

/** The VM of a story as its agent has it. */
export interface VmOfAgent {
  /** Sends a message after `delayMs`; `id` is the agent's next unless it answers one of ours. */
  say(type: string, content: object, delayMs?: number, id?: number): void;
  /** Plugs or unplugs: from then on the VM has this size. */
  resize(size: Size, delayMs?: number): void;
  readonly size: Size;
}

export type Agent = (frame: SentFrame, vm: VmOfAgent) => void;

/** Leaves every request of ours unanswered. */
export const silent: Agent = () => undefined;

/** How long this agent takes to plug and to ask before it unplugs. */
export const GRANT_MS = 800;

/** The size that an obeying agent has asked to shrink to. */
const promised = new WeakMap<VmOfAgent, Size>();

/** Gives what is asked for: plugs and notifies, or asks first and unplugs after an Ok. */
export const obeying: Agent = (frame, vm) => {
  if (frame.type === 'DownscaleResult' && frame.Ok === true) vm.resize(promised.get(vm) ?? vm.size, GRANT_MS);
  if (frame.type !== 'ScaleRequest' || frame.target === undefined || sameSize(frame.target, vm.size)) return;
  if (exceeds(frame.target, vm.size)) {
    vm.resize(frame.target, GRANT_MS);
    vm.say('UpscaleNotification', { granted: frame.target }, GRANT_MS);
  } else {
    promised.set(vm, frame.target);
    vm.say('DownscaleRequest', { target: frame.target }, 10);
  }
};

/** Knows no ScaleRequest; gives one more compute unit for each UpscaleRequest. */
export const old =
  (unit: Size): Agent =>
  (frame, vm) => {
    if (frame.type === 'ScaleRequest') vm.say('InvalidMessage', { error: 'unknown type' }, 5, frame.id);
    if (frame.type !== 'UpscaleRequest') return;
    const granted = { cpu: vm.size.cpu + unit.cpu, mem: vm.size.mem + unit.mem };
    vm.resize(granted, GRANT_MS);
    vm.say('UpscaleNotification', { granted }, GRANT_MS);
  };

/** Has no room. */
export const denying: Agent = (frame, vm) => {
  if (frame.type === 'ScaleRequest') vm.say('ScaleDenied', { target: frame.target, reason: 'host is full' }, 20);
};

/** Never gives more than this. */
export const givingAtMost =
  (most: Size): Agent =>
  (frame, vm) => {
    if (frame.type !== 'ScaleRequest' || sameSize(vm.size, most)) return;
    vm.resize(most, GRANT_MS);
    vm.say('UpscaleNotification', { granted: most }, GRANT_MS);
  };
