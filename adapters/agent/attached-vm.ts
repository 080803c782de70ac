/** One VM of the running agent: the link to its monitor, its actuators, its timers. */
import { randomUUID } from 'node:crypto';
import type { VmTimer } from '../../machines/agent/statechart-step';
import type { AgentInput, AgentOutput, AgentTimerName } from '../../machines/agent/events';
import { keepConnected, type Link } from './session/keep-connected';
import { SESSION_TIMING, type SessionTiming } from './session/timing';
import type { Hypervisor } from './hypervisor/hypervisor';
import type { Logger } from '../shared/logging/logger';
import { Timers } from '../shared/core-loop/timers';
import type { VmPlace } from './agent-config';
import { actuatorsOf } from './actuators';

export interface AttachedVm {
  perform(output: AgentOutput): void;
  setTimer(timer: VmTimer): void;
  stop(): Promise<void>;
}

export interface VmParts {
  readonly place: VmPlace;
  readonly token: string | null;
  readonly hypervisor: Hypervisor;
  readonly emit: (input: AgentInput) => void;
  readonly logger: Logger;
  readonly fail: (error: unknown) => void;
  readonly timing?: SessionTiming;
}

/** An attempt that never became a connection is no event of the core: logged once, until the reason changes. */
const saysOnce = (logger: Logger, name: string): ((reason: string) => void) => {
  let lastReason: string | null = null;
  return (reason) => {
    if (reason !== lastReason) logger.warn('no monitor', { vm: name, reason });
    lastReason = reason;
  };
};

const connect = (
  { place: { name, monitorUrl }, token, emit, logger, timing = SESSION_TIMING }: VmParts,
  present: { conn: string | null },
): Link => {
  const unreached = saysOnce(logger, name);
  return keepConnected({ url: monitorUrl, ...(token === null ? {} : { token }) }, timing, {
    onConnected: ({ version, conn }) => {
      present.conn = conn ?? randomUUID().slice(0, 8);
      emit({ type: 'session.opened', vm: name, conn: present.conn, version });
    },
    onText: (text) => {
      if (present.conn !== null) emit({ type: 'frame.received', vm: name, conn: present.conn, text });
    },
    onLost: (reason) => {
      const { conn } = present;
      present.conn = null;
      if (conn === null) unreached(reason);
      else emit({ type: 'session.lost', vm: name, conn, reason });
    },
  });
};

/** Begins to connect at once. */
export const attachVm = (parts: VmParts): AttachedVm => {
  const { place, hypervisor, emit, fail } = parts;
  const { name } = place;
  const present: { conn: string | null } = { conn: null };
  const actuators = actuatorsOf(name, hypervisor, place.metricsUrl);
  const timers = new Timers<AgentTimerName>((type) => {
    emit({ type, vm: name });
  });
  const link = connect(parts, present);

  const obey = (output: Extract<AgentOutput, { type: 'command.issued' }>): void => {
    const { id, command } = output;
    if (command.type === 'session.close') {
      if (command.conn === present.conn) link.drop(command.reason);
    } else {
      actuators.perform(id, command).then(emit, fail);
    }
  };

  return {
    perform: (output) => {
      // A frame is for the connection that it was decided on.
      if (output.type === 'frame.sent' && output.conn === present.conn) link.send(output.text);
      if (output.type === 'command.issued') obey(output);
    },
    setTimer: ({ change }) => {
      timers.apply(change);
    },
    stop: async () => {
      timers.stop();
      await Promise.all([link.stop(), actuators.close()]);
    },
  };
};
