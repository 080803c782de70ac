/** One VM of the running agent: the link to its monitor, its actuators, its timers. */
import { randomUUID } from 'node:crypto';
import type { VmTimer } from '../../machines/agent/statechart-step';
import type { AgentCommand, AgentInput, AgentOutput, AgentTimerName } from '../../machines/agent/events';
import { keepConnected } from './session/keep-connected';
import { SESSION_TIMING, type SessionTiming } from './session/timing';
import type { Hypervisor } from './hypervisor/hypervisor';
import type { Logger } from '../shared/logging/logger';
import { Timers } from '../shared/core-loop/timers';
import type { VmPlace } from './agent-config';
import { carryOut } from './actuators';

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

/** Begins to connect at once. */
export const attachVm = (parts: VmParts): AttachedVm => {
  const { place, token, hypervisor, emit, logger, fail, timing = SESSION_TIMING } = parts;
  const vm = place.name;
  /** Of the present connection; null: there is none. */
  let present: string | null = null;
  const unreached = saysOnce(logger, vm);
  const timers = new Timers<AgentTimerName>((type) => {
    emit({ type, vm });
  });
  const link = keepConnected({ url: place.monitorUrl, token }, timing, {
    onConnected: ({ version, conn }) => {
      present = conn ?? randomUUID().slice(0, 8);
      emit({ type: 'session.opened', vm, conn: present, version });
    },
    onText: (text) => {
      if (present !== null) emit({ type: 'frame.received', vm, conn: present, text });
    },
    onEnd: (reason) => {
      const conn = present;
      present = null;
      if (conn === null) unreached(reason);
      else emit({ type: 'session.lost', vm, conn, reason });
    },
  });

  const obey = (id: number, command: AgentCommand): void => {
    if (command.type !== 'session.close') carryOut(place, hypervisor, id, command).then(emit, fail);
    else if (command.conn === present) link.drop(command.reason);
  };

  return {
    perform: (output) => {
      // A frame is for the connection that it was decided on.
      if (output.type === 'frame.sent' && output.conn === present) link.send(output.text);
      if (output.type === 'command.issued') obey(output.id, output.command);
    },
    setTimer: ({ change }) => {
      timers.apply(change);
    },
    stop: async () => {
      timers.stop();
      await Promise.all([link.stop(), hypervisor.close()]);
    },
  };
};
