/** What each frame of the monitor means to the agent. */
import type { Size } from '../../machines/events';
import type { MonitorFrame } from '../../machines/protocol/monitor-frames';

export interface Reactions {
  /** The monitor wishes this size. */
  readonly wish: (target: Size) => void;
  /** It wishes more, without an amount: one unit, as the reference agent reads it. */
  readonly wishMore: () => void;
  /** The request with this id was answered; `status` says why not. */
  readonly answered: (id: number, ok: boolean, status: string) => void;
  readonly complained: (error: string) => void;
}

export const reactTo =
  (reactions: Reactions) =>
  (frame: MonitorFrame): void => {
    switch (frame.type) {
      case 'ScaleRequest':
        reactions.wish(frame.target);
        return;
      case 'UpscaleRequest':
        reactions.wishMore();
        return;
      case 'DownscaleResult':
        reactions.answered(frame.id, frame.Ok, frame.Status);
        return;
      case 'InternalError':
      case 'InvalidMessage':
        reactions.complained(frame.error);
        reactions.answered(frame.id, false, frame.error);
        return;
      case 'UpscaleConfirmation':
      case 'HealthCheck':
        return;
    }
  };
