/**
 * R7: never two ScaleRequests within a second; while the wish is not granted and somebody may be
 * asked, it is said again at the latest after 30 s; and at once when it changes. An agent that rejected a
 * ScaleRequest gets none any more on that connection (--scale-requests auto).
 */
import { isLeft } from 'fp-ts/Either';
import { decodeFrame } from '../../machines/shared/protocol/decode';
import { sameSize } from '../../machines/shared/sizing';
import { usesScaleRequest, requestedSize } from '../../machines/monitor/statechart/request';
import type { MonitorContext } from '../../machines/monitor/statechart/context';
import type { Size } from '../../machines/shared/events/size';
import { contextAfter, contextBefore, framesOf, type Rule, type TraceStep } from './trace';

const GAP_MS = 1_000;
const LONGEST_SILENCE_MS = 31_000;

/** The wish that should be repeated; null when there is none, or nobody to tell. */
const openWish = (context: MonitorContext): Size | null => {
  const requested = requestedSize(context);
  if (requested === null || context.conn?.open !== true || !usesScaleRequest(context)) return null;
  return context.granted !== null && sameSize(requested, context.granted) ? null : requested;
};

const isSame = (one: Size | null, other: Size | null): boolean =>
  one !== null && other !== null && sameSize(one, other);

/**
 * A connection that opened, or another desired size than the one that the agent heard last: the wish must be on its
 * way, or due within a second of the last.
 */
const isUrgent = (step: TraceStep, requested: Size): boolean => {
  const [before, after] = [contextBefore(step), contextAfter(step)];
  const opened = before.conn?.open !== true || before.conn.id !== after.conn?.id;
  return opened || (!isSame(before.desired, after.desired) && !isSame(before.conn.lastRequest, requested));
};

const isSaidAtOnce = (step: TraceStep, requested: Size, lastRequestedAt: number): boolean => {
  const sent = framesOf(step, 'ScaleRequest').some(({ target }) => target !== undefined && sameSize(target, requested));
  const soon = step.step.timers.some(
    (timer) => timer.kind === 'set' && timer.id === 'resend' && timer.delayMs <= lastRequestedAt + GAP_MS - step.at,
  );
  return sent || soon;
};

/** Only so many of the latest are known again (SCALE_REQUEST_IDS_MAX). */
const KNOWN_IDS = 8;

/** Follows which of our ScaleRequests a connection has had, and whether it rejected one. */
class Rejections {
  private readonly ids = new Map<string, number[]>();
  private readonly rejecting = new Set<string>();

  /** The connection that rejected a ScaleRequest and is sent another by this step; null: none is. */
  take(step: TraceStep): string | null {
    const { input } = step;
    if (input.type === 'frame.received' && this.isRejection(input.conn, input.text)) this.rejecting.add(input.conn);
    const asked = framesOf(step, 'ScaleRequest');
    for (const { conn, id } of asked) this.ids.set(conn, [...(this.ids.get(conn) ?? []), id].slice(-KNOWN_IDS));
    return asked.find(({ conn }) => this.rejecting.has(conn))?.conn ?? null;
  }

  private isRejection(conn: string, text: string): boolean {
    const message = decodeFrame(text);
    if (isLeft(message) || message.right.type !== 'InvalidMessage') return false;
    return this.ids.get(conn)?.includes(Number(message.right.id)) ?? false;
  }
}

const isOwnRequest = ({ type }: { readonly type: string }): boolean =>
  type === 'ScaleRequest' || type === 'UpscaleRequest';

export const r07AskUntilTrue: Rule = ({ engine, start, steps }) => {
  const rejections = new Rejections();
  let scaleAskedAt = -Infinity;
  let askedAt = start.statechart.context.lastRequestedAt ?? -Infinity;
  let quietSince: number | null = null;
  for (const [index, step] of steps.entries()) {
    const { at } = step;
    const broken = (why: string) => ({ rule: 'R7', index, at, why });
    const asks = framesOf(step, 'ScaleRequest');
    const rejecting = rejections.take(step);
    if (rejecting !== null && engine.config.statechart.scaleRequests === 'auto') {
      return broken(`${rejecting} rejected a ScaleRequest and got another`);
    }
    if (asks.length > 1) return broken('two ScaleRequests in one step');
    if (asks.length > 0 && at - scaleAskedAt < GAP_MS) return broken(`asked again after ${at - scaleAskedAt} ms`);
    if (quietSince !== null && at - quietSince > LONGEST_SILENCE_MS) return broken(`silent for ${at - quietSince} ms`);

    const requested = openWish(contextAfter(step));
    if (requested !== null && isUrgent(step, requested) && !isSaidAtOnce(step, requested, askedAt)) {
      return broken(`${JSON.stringify(requested)} is not said at once`);
    }
    if (requested === null) quietSince = null;
    else if (asks.length > 0 || quietSince === null) quietSince = at;
    if (asks.length > 0) scaleAskedAt = at;
    if (framesOf(step).some(isOwnRequest)) askedAt = at;
  }
  return null;
};
