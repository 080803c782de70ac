/** Events as lines for people: each decision, grant and loss, with its reason. */
import type { SampleTaken, Command, InputEvent, OutputEvent } from '../../../machines/monitor/events';
import { VANILLA_LOOK_MS } from '../../../machines/monitor/statechart/timings';
import type { SourceName } from '../../../machines/monitor/events/readings';
import { formatBytes, formatMs } from '../../../machines/shared/format';
import type { EventLine } from '../../shared/logging/event-line';
import { receivedLine, sentLine } from './frame-lines';
import { info, warning } from '../../shared/logging/event-line';
import { formatSize } from '../../../machines/shared/format';
import { protectionCommandLine, protectionLine } from './protection-lines';

const commandLine = (command: Command): EventLine | null => {
  switch (command.type) {
    case 'fileCache.resize':
      return info(`setting the file cache to ${formatBytes(command.sizeBytes)}`);
    case 'connection.close':
      return warning(`closing the connection (${command.code}): ${command.reason}`);
    case 'cpus.apply':
      return info(
        `CPUs: bringing ${command.count ?? 'all that are there'} online${command.surplus === 'offline' ? ', the others offline' : ''}`,
      );
    case 'fileCache.connect':
      return null;
    default:
      return protectionCommandLine(command);
  }
};

/** The worst that can happen to Postgres is never only a number in a log. */
const oomLine = ({ readings: { cgroup } }: SampleTaken): EventLine | null => {
  const kills = cgroup?.oomKillEventsDelta ?? 0;
  return kills === 0 ? null : { level: 'error', msg: `the kernel killed ${kills} for lack of memory in the cgroup` };
};

/** Sources that only refine a signal, and what stands in for them. */
const STAND_INS: Partial<Readonly<Record<SourceName, string>>> = {
  'proc.schedstat': 'waiting for a CPU is told from the number of runnable tasks',
};

const lostLine = (source: SourceName, reason: string): EventLine => {
  const standIn = STAND_INS[source];
  const lost = `missing: ${source}: ${reason}`;
  return standIn === undefined ? warning(lost) : info(`${lost}; ${standIn}`);
};

/** Null for what happens all the time: beats, timers, outcomes as expected. */
export const eventLine = (event: InputEvent | OutputEvent): EventLine | null => {
  switch (event.type) {
    case 'size.decided':
      return info(`decided ${formatSize(event.desired)}: ${event.reason}`);
    case 'command.issued':
      return commandLine(event.command);
    case 'frame.sent':
      return sentLine(event.text);
    case 'frame.received':
      return event.binary === true ? warning('bad frame from the agent: binary') : receivedLine(event.text);
    case 'agent.connected':
      return info(`agent ${event.peer} connected, protocol ${event.version}`);
    case 'agent.lost':
      return warning(`agent lost: ${event.reason}`);
    case 'handshake.failed':
      return warning(`handshake failed: ${event.reason}`);
    case 'source.lost':
      return lostLine(event.source, event.reason);
    case 'source.found':
      return info(`present: ${event.source}`);
    case 'fileCache.connected':
      return info(`file cache: connected, at most ${formatBytes(event.maxBytes)}`);
    case 'fileCache.notOffered':
      return info(`file cache: none to size, looked for every ${formatMs(VANILLA_LOOK_MS)}: ${event.reason}`);
    case 'fileCache.resized':
      return info(`file cache: set to ${formatBytes(event.sizeBytes)}`);
    case 'fileCache.failed':
    case 'fileCache.lost':
      return warning(`file cache: ${event.reason}`);
    case 'cpus.applied':
      return info(`CPUs: ${event.online} are online`);
    case 'cpus.failed':
      return warning(`CPUs: ${event.reason}`);
    case 'workingSet.lost':
      return info(`working set of the file cache: not known: ${event.reason}`);
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
