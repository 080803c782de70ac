/**
 * The messages of the wire, versions 1.0 and 1.1 (docs/protocol.md). Ids and memory sizes are
 * unsigned 64-bit integers on the wire; here they are strings of digits, so that they are echoed
 * digit for digit beyond 2^53.
 */

/** Decimal digits of an unsigned 64-bit integer. */
export type Digits = string;

export interface WireSize {
  readonly cpu: number;
  readonly mem: Digits;
}

/** Agent → monitor. */
export type AgentMessage =
  | { readonly type: 'UpscaleNotification'; readonly id: Digits; readonly granted: WireSize }
  | { readonly type: 'DownscaleRequest'; readonly id: Digits; readonly target: WireSize }
  | { readonly type: 'HealthCheck'; readonly id: Digits }
  | { readonly type: 'InvalidMessage'; readonly id: Digits; readonly error: string }
  | { readonly type: 'InternalError'; readonly id: Digits; readonly error: string }
  | { readonly type: 'ScaleDenied'; readonly id: Digits; readonly target: WireSize; readonly reason: string }
  | {
      readonly type: 'VmInfo';
      readonly id: Digits;
      readonly granted: WireSize | null;
      readonly min: WireSize | null;
      readonly max: WireSize | null;
      readonly unit: WireSize | null;
      readonly etaMs: number | null;
    };

/** Monitor → agent. */
export type MonitorMessage =
  | { readonly type: 'UpscaleConfirmation'; readonly id: Digits }
  | { readonly type: 'DownscaleResult'; readonly id: Digits; readonly ok: boolean; readonly status: string }
  | { readonly type: 'HealthCheck'; readonly id: Digits }
  | { readonly type: 'InvalidMessage'; readonly id: Digits; readonly error: string }
  | { readonly type: 'InternalError'; readonly id: Digits; readonly error: string }
  | { readonly type: 'UpscaleRequest'; readonly id: Digits }
  | {
      readonly type: 'ScaleRequest';
      readonly id: Digits;
      readonly target: WireSize;
      readonly floor?: WireSize;
      readonly withinMs?: number;
    };

/** A frame that is no message. `id` is the frame's own if it has a usable one, else '0'. */
export interface FrameError {
  readonly id: Digits;
  /** What was wrong, where, and what was expected. */
  readonly error: string;
}
