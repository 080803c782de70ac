/** What the embedded agent tells its owner, for a live line each. */
import type { Size } from '../../machines/events';
import type { ProtocolVersion } from '../../machines/protocol/handshake';

export type EmbeddedAgentEvent =
  | { readonly type: 'connected'; readonly version: ProtocolVersion }
  | { readonly type: 'disconnected'; readonly reason: string; readonly retryInMs: number }
  /** The monitor asked for a size. */
  | { readonly type: 'wished'; readonly target: Size }
  /** The virtual VM has a new size. */
  | { readonly type: 'granted'; readonly size: Size }
  /** Part or all of a wish cannot be had. */
  | { readonly type: 'denied'; readonly target: Size; readonly reason: string }
  /** The monitor did not approve a smaller size. */
  | { readonly type: 'shrink.refused'; readonly target: Size; readonly status: string }
  /** The monitor sent an error, or a frame that we cannot read. */
  | { readonly type: 'trouble'; readonly error: string };
