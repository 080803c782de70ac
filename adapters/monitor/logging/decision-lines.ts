/** Events as log lines: each decision, grant and loss, with its reason. The sentences for people stand in sentences.ts. */
import type { Command, InputEvent, OutputEvent, SampleTaken } from '../../../machines/monitor/events';
import type { SourceName } from '../../../machines/monitor/events/readings';
import { VANILLA_LOOK_MS } from '../../../machines/monitor/statechart/timings';
import { failure, info, warning, type EventLine } from '../../shared/logging/event-line';
import { receivedLine, sentLine } from './frame-lines';
import { protectionCommandLine, protectionLine } from './protection-lines';

const commandLine = (command: Command): EventLine | null => {
  switch (command.type) {
    case 'fileCache.resize':
      return info('resizing file cache', { sizeBytes: command.sizeBytes });
    case 'connection.close':
      return warning('closing connection', { code: command.code, reason: command.reason });
    case 'cpus.apply':
      return info('bringing CPUs online', { count: command.count ?? 'all', surplus: command.surplus });
    case 'fileCache.connect':
      return null;
    default:
      return protectionCommandLine(command);
  }
};

/** The worst that can happen to Postgres is never only a number in a log. */
const oomLine = ({ readings: { cgroup } }: SampleTaken): EventLine | null => {
  const kills = cgroup?.oomKillEventsDelta ?? 0;
  return kills === 0 ? null : failure('OOM kill', { kills });
};

/** Sources that only refine a signal, and what takes their place. */
const SUBSTITUTES: Partial<Readonly<Record<SourceName, string>>> = {
  'proc.schedstat': 'waiting for a CPU is estimated from the number of runnable tasks',
};

const lostLine = (source: SourceName, reason: string): EventLine => {
  const substitute = SUBSTITUTES[source];
  return substitute === undefined
    ? warning('source lost', { source, reason })
    : info('source lost', { source, reason, substitute });
};

/** Null for what happens all the time: samples, timers, outcomes as expected. */
export const eventLine = (event: InputEvent | OutputEvent): EventLine | null => {
  switch (event.type) {
    case 'size.decided':
      return info('decided', { desired: event.desired, reason: event.reason, parts: event.parts });
    case 'command.issued':
      return commandLine(event.command);
    case 'frame.sent':
      return sentLine(event.text);
    case 'frame.received':
      return event.binary === true ? warning('bad frame', { reason: 'binary' }) : receivedLine(event.text);
    case 'agent.connected':
      return info('agent connected', { peer: event.peer, version: event.version });
    case 'agent.lost':
      return warning('agent lost', { reason: event.reason });
    case 'handshake.failed':
      return warning('handshake failed', { reason: event.reason });
    case 'source.lost':
      return lostLine(event.source, event.reason);
    case 'source.found':
      return info('source found', { source: event.source });
    case 'fileCache.connected':
      return info('file cache connected', { maxBytes: event.maxBytes });
    case 'fileCache.notOffered':
      return info('file cache not offered', { retryMs: VANILLA_LOOK_MS, reason: event.reason });
    case 'fileCache.resized':
      return info('file cache resized', { sizeBytes: event.sizeBytes });
    case 'fileCache.failed':
    case 'fileCache.lost':
      return warning('file cache failed', { reason: event.reason });
    case 'cpus.applied':
      return info('CPUs online', { online: event.online });
    case 'cpus.failed':
      return warning('CPUs failed', { reason: event.reason });
    case 'workingSet.lost':
      return info('working set unknown', { reason: event.reason });
    case 'sample.taken':
      return oomLine(event);
    case 'workingSet.sampled':
    case 'monitor.started':
    case 'memory.high.reached':
    case 'handshake.started':
    case 'quiet.over':
    case 'resend.due':
    case 'answer.overdue':
    case 'shrink.overdue':
    case 'downscale.overdue':
    case 'relief.over':
    case 'fileCache.retry.due':
    case 'shmCap.over':
    case 'shmCap.retry.due':
    case 'cancel.settled':
    case 'cpus.retry.due':
      return null;
    default:
      return protectionLine(event);
  }
};
