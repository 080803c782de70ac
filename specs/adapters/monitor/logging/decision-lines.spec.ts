import { eventLine } from '../../../../adapters/monitor/logging/decision-lines';
import { failure, info, warning, type EventLine } from '../../../../adapters/shared/logging/event-line';
import type { InputEvent, OutputEvent } from '../../../../machines/monitor/events';
import { encodeFrame } from '../../../../machines/shared/protocol/encode';
import type { MonitorMessage } from '../../../../machines/shared/protocol/messages';
import { toWire } from '../../../../machines/shared/protocol/wire-size';
import { GIB, MIB } from '../../../../machines/shared/units';
import { MONITOR_WORDS, sentenceOf } from '../../../support/sentence';

const conn = 'c1';
const received = (frame: unknown): InputEvent => ({ type: 'frame.received', conn, text: JSON.stringify(frame) });
/** Through the real encoder: the wire's field names are not ours. */
const sent = (message: MonitorMessage): OutputEvent => ({ type: 'frame.sent', conn, text: encodeFrame(message) });
const NO_USE = {
  ...{ anonBytes: 0, shmemBytes: 0, fileBytes: 0, kernelBytes: 0 },
  ...{ fileMappedBytes: 0, swapBytes: 0, currentBytes: 0 },
};
const SIZE = { cpu: 0.5, mem: 2 * GIB };

const LOGGED: readonly (readonly [InputEvent | OutputEvent, EventLine, string])[] = [
  [
    { type: 'size.decided', desired: SIZE, reason: 'in use', parts: { useBytes: 1 } },
    info('decided', { desired: SIZE, reason: 'in use', parts: { useBytes: 1 } }),
    'decided 0.5 vCPU, 2 GiB: in use',
  ],
  [
    received({ type: 'UpscaleNotification', id: 2, content: { granted: SIZE } }),
    info('granted', { granted: SIZE }),
    'granted 0.5 vCPU, 2 GiB',
  ],
  [
    received({ type: 'ScaleDenied', id: 2, content: { target: SIZE, reason: 'full' } }),
    warning('denied', { target: SIZE, reason: 'full' }),
    'denied 0.5 vCPU, 2 GiB: full',
  ],
  [
    received({ type: 'DownscaleRequest', id: 2, content: { target: SIZE } }),
    info('downscale requested', { target: SIZE }),
    'the agent requests a downscale to 0.5 vCPU, 2 GiB',
  ],
  [
    received({ type: 'VmInfo', id: 2, content: { granted: SIZE, etaMs: 900 } }),
    info('VM info', { granted: SIZE, etaMs: 900 }),
    'the agent reports: granted 0.5 vCPU, 2 GiB; a grant takes 900 ms',
  ],
  [
    received({ type: 'InternalError', id: 2, content: { error: 'oops' } }),
    warning('agent error', { answer: 'InternalError', error: 'oops' }),
    'the agent answered InternalError: oops',
  ],
  [
    received({ type: 'Nonsense', id: 2 }),
    warning('bad frame', { reason: 'Received message of unknown type: "Nonsense"' }),
    'bad frame from the agent: Received message of unknown type: "Nonsense"',
  ],
  [
    { type: 'frame.received', conn, text: '', binary: true },
    warning('bad frame', { reason: 'binary' }),
    'bad frame from the agent: binary',
  ],
  [
    sent({ type: 'ScaleRequest', id: '3', target: toWire(SIZE) }),
    info('requested', { requested: SIZE }),
    'requested 0.5 vCPU, 2 GiB',
  ],
  [sent({ type: 'UpscaleRequest', id: '3' }), info('requested more memory'), 'requested more memory'],
  [
    sent({ type: 'DownscaleResult', id: '2', ok: true, status: 'fits' }),
    info('downscale approved', { status: 'fits' }),
    'downscale approved: fits',
  ],
  [
    sent({ type: 'DownscaleResult', id: '2', ok: false, status: 'in use' }),
    warning('downscale refused', { status: 'in use' }),
    'downscale refused: in use',
  ],
  [
    sent({ type: 'InvalidMessage', id: '2', error: 'what?' }),
    warning('answered with an error', { answer: 'InvalidMessage', error: 'what?' }),
    'answered InvalidMessage: what?',
  ],
  [
    { type: 'agent.connected', conn, peer: '::1', version: '1.1' },
    info('agent connected', { peer: '::1', version: '1.1' }),
    'agent ::1 connected, protocol 1.1',
  ],
  [{ type: 'agent.lost', conn, reason: 'gone' }, warning('agent lost', { reason: 'gone' }), 'agent lost: gone'],
  [
    { type: 'handshake.failed', conn, reason: 'garbage' },
    warning('handshake failed', { reason: 'garbage' }),
    'handshake failed: garbage',
  ],
  [
    { type: 'source.lost', source: 'proc.schedstat', reason: 'ENOENT' },
    info('source lost', {
      source: 'proc.schedstat',
      reason: 'ENOENT',
      substitute: 'waiting for a CPU is estimated from the number of runnable tasks',
    }),
    'missing: proc.schedstat: ENOENT; instead: waiting for a CPU is estimated from the number of runnable tasks',
  ],
  [
    { type: 'source.lost', source: 'proc.pressure', reason: 'no PSI' },
    warning('source lost', { source: 'proc.pressure', reason: 'no PSI' }),
    'missing: proc.pressure: no PSI',
  ],
  [{ type: 'source.found', source: 'proc.stat' }, info('source found', { source: 'proc.stat' }), 'present: proc.stat'],
  [
    { type: 'fileCache.connected', id: 1, maxBytes: GIB },
    info('file cache connected', { maxBytes: GIB }),
    'file cache: connected, at most 1 GiB',
  ],
  [
    { type: 'fileCache.resized', id: 1, sizeBytes: 512 * MIB },
    info('file cache resized', { sizeBytes: 512 * MIB }),
    'file cache: set to 512 MiB',
  ],
  [
    { type: 'fileCache.notOffered', id: 1, reason: 'no such setting' },
    info('file cache not offered', { retryMs: 600_000, reason: 'no such setting' }),
    'file cache: none to size, checked again every 10 min: no such setting',
  ],
  [
    { type: 'fileCache.failed', id: 1, reason: 'timeout' },
    warning('file cache failed', { reason: 'timeout' }),
    'file cache: timeout',
  ],
  [
    { type: 'workingSet.lost', reason: 'denied' },
    info('working set unknown', { reason: 'denied' }),
    'file cache: its working set is unknown: denied',
  ],
  [
    { type: 'limits.failed', id: 1, reason: 'EBUSY' },
    warning('hard limit failed', { reason: 'EBUSY' }),
    'hard limit: EBUSY',
  ],
  [
    {
      type: 'sample.taken',
      elapsedMs: 100,
      skippedSamples: 0,
      readings: { cgroup: { ...NO_USE, oomKillEventsDelta: 2 } },
    },
    failure('OOM kill', { kills: 2 }),
    'the OOM killer has ended 2 in the cgroup',
  ],
  [
    { type: 'command.issued', id: 1, command: { type: 'cpus.apply', count: null, surplus: 'keep' } },
    info('bringing CPUs online', { count: 'all', surplus: 'keep' }),
    'CPUs: bringing all online, surplus ones: keep',
  ],
  [
    { type: 'command.issued', id: 1, command: { type: 'fileCache.resize', sizeBytes: GIB } },
    info('resizing file cache', { sizeBytes: GIB }),
    'file cache: resizing to 1 GiB',
  ],
  [
    { type: 'command.issued', id: 1, command: { type: 'connection.close', conn, code: 1008, reason: 'too many' } },
    warning('closing connection', { code: 1008, reason: 'too many' }),
    'closing the connection (1008): too many',
  ],
];

const NOT_LOGGED: readonly (InputEvent | OutputEvent)[] = [
  { type: 'monitor.started' },
  { type: 'sample.taken', elapsedMs: 100, skippedSamples: 0, readings: {} },
  { type: 'resend.due' },
  received({ type: 'HealthCheck', id: 2, content: {} }),
  sent({ type: 'HealthCheck', id: '2' }),
  sent({ type: 'UpscaleConfirmation', id: '2' }),
  { type: 'command.issued', id: 1, command: { type: 'limits.apply', hardLimitBytes: GIB } },
];

describe('events as log lines', () => {
  it.each(LOGGED)('%j', (event, line, sentence) => {
    expect(eventLine(event)).toEqual(line);
    expect(sentenceOf(line, MONITOR_WORDS)).toBe(sentence);
  });

  it.each(NOT_LOGGED)('%j is not logged', (event) => {
    expect(eventLine(event)).toBeNull();
  });
});
