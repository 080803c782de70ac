/** Events as log lines: each decision, grant and loss, with its reason. The sentences for people stand in sentences.ts. */
import type { Command, InputEvent, OutputEvent, SampleTaken } from '../../../machines/monitor/events';
import type { SourceName } from '../../../machines/monitor/events/readings';
import { VANILLA_LOOK_MS } from '../../../machines/monitor/statechart/timings';
import { failure, info, warning, type EventLine } from '../../shared/logging/event-line';
import { lineFrom, type LineTable } from '../../shared/logging/line-table';
import { receivedLine, sentLine } from './frame-lines';
import { PROTECTION_LINES } from './protection-lines';

const COMMAND_LINES: LineTable<Command> = {
  'fileCache.connect': null,
  'fileCache.resize': ({ sizeBytes }) => info('resizing file cache', { sizeBytes }),
  'connection.close': ({ code, reason }) => warning('closing connection', { code, reason }),
  'cpus.apply': ({ count, surplus }) => info('bringing CPUs online', { count: count ?? 'all', surplus }),
  'throttle.start': ({ allowanceBytes }) => warning('throttling', { allowanceBytes }),
  'throttle.end': null,
  'shmCap.apply': () => warning('capping shared memory'),
  'shmCap.remove': null,
  'statement.cancel': () => warning('cancelling statement'),
  'limits.apply': null,
  'tripwire.arm': null,
  'tripwire.lift': null,
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

const lostLine = ({ source, reason }: Extract<InputEvent, { type: 'source.lost' }>): EventLine => {
  const substitute = SUBSTITUTES[source];
  return substitute === undefined
    ? warning('source lost', { source, reason })
    : info('source lost', { source, reason, substitute });
};

const EVENT_LINES: LineTable<InputEvent | OutputEvent> = {
  ...PROTECTION_LINES,
  'size.decided': ({ desired, reason, parts }) => info('decided', { desired, reason, parts }),
  'command.issued': ({ command }) => lineFrom(COMMAND_LINES, command),
  'frame.sent': ({ text }) => sentLine(text),
  'frame.received': ({ text, binary }) =>
    binary === true ? warning('bad frame', { reason: 'binary' }) : receivedLine(text),
  'agent.connected': ({ peer, version }) => info('agent connected', { peer, version }),
  'agent.lost': ({ reason }) => warning('agent lost', { reason }),
  'handshake.started': null,
  'handshake.failed': ({ reason }) => warning('handshake failed', { reason }),
  'source.lost': lostLine,
  'source.found': ({ source }) => info('source found', { source }),
  'fileCache.connected': ({ maxBytes }) => info('file cache connected', { maxBytes }),
  'fileCache.notOffered': ({ reason }) => info('file cache not offered', { retryMs: VANILLA_LOOK_MS, reason }),
  'fileCache.resized': ({ sizeBytes }) => info('file cache resized', { sizeBytes }),
  'fileCache.failed': ({ reason }) => warning('file cache failed', { reason }),
  'fileCache.lost': ({ reason }) => warning('file cache failed', { reason }),
  'fileCache.retry.due': null,
  'cpus.applied': ({ online }) => info('CPUs online', { online }),
  'cpus.failed': ({ reason }) => warning('CPUs failed', { reason }),
  'cpus.retry.due': null,
  'workingSet.sampled': null,
  'workingSet.lost': ({ reason }) => info('working set unknown', { reason }),
  'sample.taken': oomLine,
  'monitor.started': null,
  'memory.high.reached': null,
  'quiet.over': null,
  'resend.due': null,
  'answer.overdue': null,
  'shrink.overdue': null,
  'downscale.overdue': null,
  'relief.over': null,
  'cancel.settled': null,
};

/** Null for what happens all the time: samples, timers, outcomes as expected. */
export const eventLine = (event: InputEvent | OutputEvent): EventLine | null => lineFrom(EVENT_LINES, event);
