/**
 * A VM that is only a number: it grows and shrinks as a hypervisor would, after a while and one
 * wish at a time. Nothing is really resized.
 *
 *   idle ──wish up──► raising ──grantUpMs──► idle (UpscaleNotification)
 *   idle ──wish down──► asking (DownscaleRequest) ──Ok──► shrinking ──grantDownMs──► idle
 *
 * A newer wish replaces the older one; one in the same direction keeps the due time.
 */
import type { Size } from '../../machines/events';
import { exceeds, sameSize, toWholeUnits } from '../../machines/sizing';

export interface VmRules {
  readonly initial: Size;
  readonly min: Size;
  readonly max: Size;
  readonly unit: Size;
  readonly grantUpMs: number;
  readonly grantDownMs: number;
}

/** What the VM has its agent say to the monitor. */
export interface VmVoice {
  notifyUpscale(granted: Size): void;
  requestDownscale(target: Size): void;
  deny(target: Size, reason: string): void;
  /** The monitor did not let it shrink; the wish is dropped, for the monitor wishes again. */
  shrinkRefused(target: Size, status: string): void;
  /** The size has changed, either way. */
  resized(size: Size): void;
}

export interface VirtualVm {
  size(): Size;
  wish(target: Size): void;
  /** The answer to the request in flight, with its text; none in flight: ignored. */
  downscaleAnswered(ok: boolean, status: string): void;
  /** The monitor is gone: its wish is forgotten, a shrink that it approved is done at once. */
  forget(): void;
}

type Step =
  | { readonly kind: 'idle' }
  | { readonly kind: 'raising'; readonly timer: NodeJS.Timeout }
  | { readonly kind: 'asking'; readonly to: Size }
  | { readonly kind: 'shrinking'; readonly to: Size; readonly timer: NodeJS.Timeout };

const IDLE: Step = { kind: 'idle' };

const larger = (a: Size, b: Size): Size => ({ cpu: Math.max(a.cpu, b.cpu), mem: Math.max(a.mem, b.mem) });

/** The wish in whole units within the bounds, each resource on its own. */
const goalOf = ({ unit, min, max }: VmRules, wished: Size): Size =>
  toWholeUnits({ unit, min, max, independent: true }, wished);

export const virtualVm = (rules: VmRules, voice: VmVoice): VirtualVm => {
  let granted = rules.initial;
  let wished: Size | null = null;
  let step: Step = IDLE;

  const enter = (next: Step): void => {
    if ('timer' in step) clearTimeout(step.timer);
    step = next;
  };
  const resize = (size: Size): void => {
    granted = size;
    voice.resized(size);
  };
  /** From idle to the next step towards the wish; up goes before down where a wish is both. */
  const advance = (): void => {
    if (wished === null) return;
    const goal = goalOf(rules, wished);
    if (exceeds(goal, granted)) {
      enter({ kind: 'raising', timer: setTimeout(finishRaise, rules.grantUpMs) });
      return;
    }
    if (exceeds(wished, goal)) voice.deny(wished, 'at the largest size');
    wished = null;
    if (sameSize(goal, granted)) return;
    enter({ kind: 'asking', to: goal });
    voice.requestDownscale(goal);
  };
  const finishRaise = (): void => {
    enter(IDLE);
    if (wished !== null) resize(larger(granted, goalOf(rules, wished)));
    voice.notifyUpscale(granted);
    advance();
  };
  const finishShrink = (to: Size): void => {
    enter(IDLE);
    resize(to);
    advance();
  };

  return {
    size: () => granted,
    wish: (target) => {
      wished = target;
      const goal = goalOf(rules, target);
      if (step.kind === 'raising' && !exceeds(goal, granted)) enter(IDLE);
      if (step.kind === 'shrinking' && exceeds(goal, step.to)) finishShrink(step.to);
      if (step.kind === 'idle') advance();
    },
    downscaleAnswered: (ok, status) => {
      if (step.kind !== 'asking') return;
      const { to } = step;
      enter(ok ? { kind: 'shrinking', to, timer: setTimeout(finishShrink, rules.grantDownMs, to) } : IDLE);
      if (ok) return;
      voice.shrinkRefused(to, status);
      advance();
    },
    forget: () => {
      wished = null;
      if (step.kind === 'shrinking') resize(step.to);
      enter(IDLE);
    },
  };
};
