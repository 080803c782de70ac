/** What the embedded agent and the monitor say to each other: frames with even ids, health checks. */
import * as E from 'fp-ts/Either';
import { readMonitorFrame, type MonitorFrame } from '../../machines/protocol/monitor-frames';
import type { ProtocolVersion } from '../../machines/protocol/handshake';
import { keepConnected } from '../agent-session/keep-connected';
import type { SessionTarget } from '../agent-session/session';
import { MAX_UNANSWERED_CHECKS, type Timing } from './timing';

export interface ConversationHandlers {
  readonly onConnected: (version: ProtocolVersion) => void;
  readonly onFrame: (frame: MonitorFrame) => void;
  /** A frame that we cannot read; the connection stays. */
  readonly onUnreadable: (problem: string) => void;
  readonly onLost: (reason: string, retryInMs: number) => void;
}

export interface Conversation {
  /** Sends a frame under the next id. @returns the id, or null when nobody is there */
  say(type: string, content: object): number | null;
  /** Resolves when the socket is gone. */
  stop(): Promise<void>;
}

export const converse = (target: SessionTarget, timing: Timing, handlers: ConversationHandlers): Conversation => {
  let lastId = 0;
  let unanswered = 0;
  let healthChecks: NodeJS.Timeout | undefined;

  const say = (type: string, content: object): number | null => {
    lastId += 2;
    return link.send(JSON.stringify({ content, type, id: lastId })) ? lastId : null;
  };
  const checkHealth = (): void => {
    if (unanswered >= MAX_UNANSWERED_CHECKS) link.drop(`${unanswered} health checks unanswered`);
    unanswered += 1;
    say('HealthCheck', {});
  };
  const link = keepConnected(target, timing, {
    onConnected: ({ version }) => {
      lastId = 0;
      unanswered = 0;
      healthChecks = setInterval(checkHealth, timing.healthCheckMs);
      handlers.onConnected(version);
    },
    onText: (text) => {
      unanswered = 0;
      E.match(handlers.onUnreadable, handlers.onFrame)(readMonitorFrame(text));
    },
    onLost: (reason, retryInMs) => {
      clearInterval(healthChecks);
      handlers.onLost(reason, retryInMs);
    },
  });
  return {
    say,
    stop: () => {
      clearInterval(healthChecks);
      return link.stop();
    },
  };
};
