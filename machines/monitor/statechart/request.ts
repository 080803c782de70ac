/** What to ask the agent for, and when: rule R7 and the fallbacks to agents that know no ScaleRequest. */
import { backoffMs } from '../../shared/backoff';
import type { Size } from '../../shared/events/size';
import { exceeds, sameSize } from '../../shared/sizing';
import type { MonitorMessage } from '../../shared/protocol/messages';
import { toWire } from '../../shared/protocol/wire-size';
import type { ChartContext, Connection } from './context';
import {
  ASK_GAP_MS,
  RESEND_FIRST_MS,
  RESEND_LAST_MS,
  SCALE_REQUEST_IDS_MAX,
  SHORT_GRANT_ASKS,
  UPSCALE_RESEND_LAST_MS,
} from './timings';

const OWN_ID_STEP = 2;

/** Whether this connection is asked by ScaleRequest; without it only UpscaleRequest remains. */
export const asksByScaleRequest = ({ config, conn }: ChartContext): boolean => {
  if (config.scaleRequests === 'never') return false;
  return config.scaleRequests === 'always' || conn?.scaleRequests !== 'rejected';
};

/** Less memory than desired while memory nears its end: what an UpscaleRequest is for. */
const isMemoryShort = ({ desired, granted, memory }: ChartContext): boolean =>
  desired !== null && memory !== 'calm' && (granted === null || granted.mem < desired.mem);

/** The size to request; null while nothing may be. */
export const wishedSize = ({ desired, withheld }: ChartContext): Size | null => (withheld ? null : desired);

/** Nothing (more) has to be asked: what is desired is granted, and the agent's last word from us says so. */
export const isSatisfied = (context: ChartContext): boolean => {
  const { granted, conn } = context;
  const wished = wishedSize(context);
  if (wished === null) return true;
  if (!asksByScaleRequest(context)) return !isMemoryShort(context);
  const agentKnows = conn === null || !conn.open || (conn.lastWish !== null && sameSize(conn.lastWish, wished));
  return agentKnows && granted !== null && sameSize(granted, wished);
};

/**
 * The agent stopped short and stays there: as far as we know this is the largest size. It is still asked
 * for more (rule R7), as room may come free.
 */
export const hasStoppedShort = (context: ChartContext): boolean => {
  const { granted, conn } = context;
  const wished = wishedSize(context);
  const lastGrant = conn?.lastGrant ?? null;
  if (granted === null || wished === null || lastGrant === null) return false;
  return lastGrant.asks >= SHORT_GRANT_ASKS && sameSize(lastGrant.size, granted) && exceeds(wished, granted);
};

/** No larger size will come: the largest is there, not only asked for, or the host has no more. */
export const isFinal = (context: ChartContext): boolean => {
  const { capped, granted, desired, denial } = context;
  if (denial !== null || hasStoppedShort(context)) return true;
  return capped && granted !== null && desired !== null && granted.mem >= desired.mem;
};

/** The connection after a grant. */
export const withGrant = (conn: Connection, size: Size): Connection => {
  const isRepeated = conn.lastGrant !== null && sameSize(conn.lastGrant.size, size);
  return isRepeated ? conn : { ...conn, lastGrant: { size, asks: 0 } };
};

const withAsk = (conn: Connection, wished: Size): Connection => {
  const { lastGrant } = conn;
  if (lastGrant === null || lastGrant.asks >= SHORT_GRANT_ASKS || !exceeds(wished, lastGrant.size)) return conn;
  return { ...conn, lastGrant: { ...lastGrant, asks: lastGrant.asks + 1 } };
};

const scaleRequest = (context: ChartContext, conn: Connection, wished: Size, id: string): MonitorMessage => {
  const message = { type: 'ScaleRequest', id, target: toWire(wished) } as const;
  if (conn.version === '1.0') return message;
  return {
    ...message,
    ...(context.floor === null ? {} : { floor: toWire(context.floor) }),
    ...(context.withinMs === null ? {} : { withinMs: context.withinMs }),
  };
};

/**
 * Silence is not support: until the agent's size was once the very one that was asked for, an agent of version 1.0
 * also gets the old UpscaleRequest when memory is breached.
 */
const needsUpscaleRequest = (context: ChartContext, conn: Connection): boolean => {
  if (context.config.scaleRequests === 'always') return false;
  if (!asksByScaleRequest(context)) return isMemoryShort(context);
  const unsure = conn.version === '1.0' && conn.scaleRequests === 'unknown';
  return unsure && context.memory === 'breached' && isMemoryShort(context);
};

export interface Ask {
  readonly messages: readonly MonitorMessage[];
  readonly conn: Connection;
}

/** The messages that say the present wish, and the connection as it is after they were sent. */
export const nextAsk = (context: ChartContext, conn: Connection): Ask => {
  const messages: MonitorMessage[] = [];
  const wished = wishedSize(context);
  let nextId = conn.nextId;
  let after = wished === null ? conn : withAsk(conn, wished);
  if (wished !== null && asksByScaleRequest(context)) {
    const id = String(nextId);
    messages.push(scaleRequest(context, conn, wished, id));
    nextId += OWN_ID_STEP;
    const scaleRequestIds = [...conn.scaleRequestIds, id].slice(-SCALE_REQUEST_IDS_MAX);
    after = { ...after, lastWish: wished, scaleRequestIds };
  }
  if (needsUpscaleRequest(context, conn)) {
    messages.push({ type: 'UpscaleRequest', id: String(nextId) });
    nextId += OWN_ID_STEP;
  }
  return { messages, conn: { ...after, nextId } };
};

/** How long until the next wish may be sent (rule R7: never more than one a second); 0 = now. */
export const waitMs = ({ lastAskedAt }: ChartContext, at: number): number =>
  lastAskedAt === null ? 0 : Math.max(0, lastAskedAt + ASK_GAP_MS - at);

/** When to say it again if nothing follows: what an UpscaleRequest goes with, before that lapses. */
export const resendMs = (context: ChartContext, conn: Connection, attempts: number): number =>
  backoffMs(RESEND_FIRST_MS, needsUpscaleRequest(context, conn) ? UPSCALE_RESEND_LAST_MS : RESEND_LAST_MS, attempts);
