/** Agents as the monitor meets them. Each answers one frame of the monitor. */
import type { Size } from '../../machines/shared/events/size';
import { exceeds, sameSize } from '../../machines/shared/sizing';
import type { SentFrame } from '../rules/trace';

/** What an agent can do in a story. */
export interface AgentHands {
  /** Sends a message after `delayMs`; `id` is the agent's next unless it answers one of ours. */
  say(type: string, content: object, delayMs?: number, id?: number): void;
  /** Plugs or unplugs: from then on the VM has this size. */
  resize(size: Size, delayMs?: number): void;
  readonly size: Size;
}

export type Agent = (frame: SentFrame, actuators: AgentHands) => void;

/** Leaves every request of ours unanswered. */
export const silent: Agent = () => undefined;

/** How long this agent takes to plug and to ask before it unplugs. */
export const GRANT_MS = 800;

/** The size that an obeying agent has asked to shrink to. */
const promised = new WeakMap<AgentHands, Size>();

/** Gives what is asked for: plugs and notifies, or asks first and unplugs after an Ok. */
export const obeying: Agent = (frame, actuators) => {
  if (frame.type === 'DownscaleResult' && frame.Ok === true)
    actuators.resize(promised.get(actuators) ?? actuators.size, GRANT_MS);
  if (frame.type !== 'ScaleRequest' || frame.target === undefined || sameSize(frame.target, actuators.size)) return;
  if (exceeds(frame.target, actuators.size)) {
    actuators.resize(frame.target, GRANT_MS);
    actuators.say('UpscaleNotification', { granted: frame.target }, GRANT_MS);
  } else {
    promised.set(actuators, frame.target);
    actuators.say('DownscaleRequest', { target: frame.target }, 10);
  }
};

/** Knows no ScaleRequest; gives one more compute unit for each UpscaleRequest. */
export const old =
  (unit: Size): Agent =>
  (frame, actuators) => {
    if (frame.type === 'ScaleRequest') actuators.say('InvalidMessage', { error: 'unknown type' }, 5, frame.id);
    if (frame.type !== 'UpscaleRequest') return;
    const granted = { cpu: actuators.size.cpu + unit.cpu, mem: actuators.size.mem + unit.mem };
    actuators.resize(granted, GRANT_MS);
    actuators.say('UpscaleNotification', { granted }, GRANT_MS);
  };

/** Has no room. */
export const denying: Agent = (frame, actuators) => {
  if (frame.type === 'ScaleRequest') actuators.say('ScaleDenied', { target: frame.target, reason: 'host is full' }, 20);
};

/** Never gives more than this. */
export const givingAtMost =
  (most: Size): Agent =>
  (frame, actuators) => {
    if (frame.type !== 'ScaleRequest' || sameSize(actuators.size, most)) return;
    actuators.resize(most, GRANT_MS);
    actuators.say('UpscaleNotification', { granted: most }, GRANT_MS);
  };
