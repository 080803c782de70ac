/** What to ask the agent for, and when: rule R7 and the fallbacks to agents that know no ScaleRequest. */
import { backoffMs } from '../../shared/backoff';
import type { Size } from '../../shared/events/size';
import { exceeds, sameSize } from '../../shared/sizing';
import type { MonitorMessage } from '../../shared/protocol/messages';
import { toWire } from '../../shared/protocol/wire-size';
import type { MonitorContext, AgentConnection } from './context';
import {
  REQUEST_GAP_MS,
  RESEND_FIRST_MS,
  RESEND_LAST_MS,
  SCALE_REQUEST_IDS_MAX,
  SHORT_GRANT_REQUESTS,
  SUNK_FLOOR_GAP_MS,
  UPSCALE_RESEND_LAST_MS,
} from './timings';

const OWN_ID_STEP = 2;

/** Whether this connection is asked by ScaleRequest; without it only UpscaleRequest remains. */
export const usesScaleRequest = ({ config, conn }: MonitorContext): boolean => {
  if (config.scaleRequests === 'never') return false;
  return config.scaleRequests === 'always' || conn?.scaleRequests !== 'rejected';
};

/** Less memory than desired while memory nears its end: what an UpscaleRequest is for. */
const isMemoryShort = ({ desired, granted, memory }: MonitorContext): boolean =>
  desired !== null && memory !== 'normal' && (granted === null || granted.mem < desired.mem);

/** The size to request; null while nothing may be. */
export const requestedSize = ({ desired, withheld }: MonitorContext): Size | null => (withheld ? null : desired);

/** Nothing (more) has to be asked: what is desired is granted, and the agent's last word from us says so. */
export const isSatisfied = (context: MonitorContext): boolean => {
  const { granted, conn } = context;
  const requested = requestedSize(context);
  if (requested === null) return true;
  if (!usesScaleRequest(context)) return !isMemoryShort(context);
  const agentKnows =
    conn === null || !conn.open || (conn.lastRequest !== null && sameSize(conn.lastRequest, requested));
  return agentKnows && granted !== null && sameSize(granted, requested);
};

/** What a burst of an instant would come to may lie beyond what is requested: no more than that is asked to be kept. */
const floorWithin = (floor: Size, requested: Size): Size => ({
  cpu: Math.min(floor.cpu, requested.cpu),
  mem: Math.min(floor.mem, requested.mem),
});

/** The request that the agent has had already: a changed one takes the floor along. */
export const isRepeatable = (context: MonitorContext): boolean => {
  const { conn } = context;
  if (conn === null || !conn.open || conn.version === '1.0' || !usesScaleRequest(context)) return false;
  const requested = requestedSize(context);
  return requested !== null && conn.lastRequest !== null && sameSize(requested, conn.lastRequest);
};

/** Since the last request, before a floor may be told; null: there is nothing in it that the agent would act on. */
const floorGapMs = ({ conn, granted }: MonitorContext, floor: Size, unit: Size): number | null => {
  const told = conn?.toldFloor ?? null;
  if (told === null) return null;
  if (told.mem - floor.mem >= unit.mem) return SUNK_FLOOR_GAP_MS;
  return floor.mem > told.mem && granted !== null && floor.mem > granted.mem ? REQUEST_GAP_MS : null;
};

/**
 * Another floor than the one that was told last on this connection, and by which the agent shares its host: it has sunk by a
 * unit or more, so that the VM can lend more, or it has risen above the granted size, so that the VM is at risk.
 */
export const isFloorToTell = (context: MonitorContext, floor: Size, unit: Size, at: number): boolean => {
  const requested = requestedSize(context);
  if (requested === null || !isRepeatable(context)) return false;
  const gapMs = floorGapMs(context, floorWithin(floor, requested), unit);
  return gapMs !== null && at - (context.lastRequestedAt ?? -Infinity) >= gapMs;
};

/**
 * The agent stopped short and stays there: as far as we know this is the largest size. It is still asked
 * for more (rule R7), as room may come free.
 */
export const hasStoppedShort = (context: MonitorContext): boolean => {
  const { granted, conn } = context;
  const requested = requestedSize(context);
  const lastGrant = conn?.lastGrant ?? null;
  if (granted === null || requested === null || lastGrant === null) return false;
  return lastGrant.requests >= SHORT_GRANT_REQUESTS && sameSize(lastGrant.size, granted) && exceeds(requested, granted);
};

/** No larger size will come: the largest is there, not only asked for, or the host has no more. */
export const isFinal = (context: MonitorContext): boolean => {
  const { capped, granted, desired, denial } = context;
  if (denial !== null || hasStoppedShort(context)) return true;
  return capped && granted !== null && desired !== null && granted.mem >= desired.mem;
};

/** The connection after a grant. */
export const withGrant = (conn: AgentConnection, size: Size): AgentConnection => {
  const isRepeated = conn.lastGrant !== null && sameSize(conn.lastGrant.size, size);
  return isRepeated ? conn : { ...conn, lastGrant: { size, requests: 0 } };
};

const withAsk = (conn: AgentConnection, requested: Size): AgentConnection => {
  const { lastGrant } = conn;
  if (lastGrant === null || lastGrant.requests >= SHORT_GRANT_REQUESTS || !exceeds(requested, lastGrant.size))
    return conn;
  return { ...conn, lastGrant: { ...lastGrant, requests: lastGrant.requests + 1 } };
};

const scaleRequest = (context: MonitorContext, conn: AgentConnection, requested: Size, id: string): MonitorMessage => {
  const message = { type: 'ScaleRequest', id, target: toWire(requested) } as const;
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
const needsUpscaleRequest = (context: MonitorContext, conn: AgentConnection): boolean => {
  if (context.config.scaleRequests === 'always') return false;
  if (!usesScaleRequest(context)) return isMemoryShort(context);
  const unsure = conn.version === '1.0' && conn.scaleRequests === 'unknown';
  return unsure && context.memory === 'critical' && isMemoryShort(context);
};

export interface NextRequest {
  readonly messages: readonly MonitorMessage[];
  readonly conn: AgentConnection;
}

/** The messages that make the present request, and the connection as it is after they were sent. */
export const nextRequest = (context: MonitorContext, conn: AgentConnection): NextRequest => {
  const messages: MonitorMessage[] = [];
  const requested = requestedSize(context);
  let nextId = conn.nextId;
  let after = requested === null ? conn : withAsk(conn, requested);
  if (requested !== null && usesScaleRequest(context)) {
    const id = String(nextId);
    messages.push(scaleRequest(context, conn, requested, id));
    nextId += OWN_ID_STEP;
    const scaleRequestIds = [...conn.scaleRequestIds, id].slice(-SCALE_REQUEST_IDS_MAX);
    const { floor } = context;
    const toldFloor = conn.version === '1.0' || floor === null ? null : floorWithin(floor, requested);
    after = { ...after, lastRequest: requested, toldFloor, scaleRequestIds };
  }
  if (needsUpscaleRequest(context, conn)) {
    messages.push({ type: 'UpscaleRequest', id: String(nextId) });
    nextId += OWN_ID_STEP;
  }
  return { messages, conn: { ...after, nextId } };
};

/** How long until the next request may be sent (rule R7: never more than one a second); 0 = now. */
export const waitMs = ({ lastRequestedAt }: MonitorContext, at: number): number =>
  lastRequestedAt === null ? 0 : Math.max(0, lastRequestedAt + REQUEST_GAP_MS - at);

/** The longest pause between two requests: what an UpscaleRequest goes with is repeated before that lapses. */
const resendLastMs = (context: MonitorContext): number =>
  context.conn !== null && needsUpscaleRequest(context, context.conn) ? UPSCALE_RESEND_LAST_MS : RESEND_LAST_MS;

/** Until the next request if nothing follows: as soon as rule R7 allows, else with back-off. */
export const resendDelayMs = (context: MonitorContext, at: number): number => {
  const wait = waitMs(context, at);
  return wait > 0 ? wait : backoffMs(RESEND_FIRST_MS, resendLastMs(context), context.requesting?.attempts ?? 0);
};
