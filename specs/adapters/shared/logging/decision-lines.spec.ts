import { eventLine } from '../../../../adapters/monitor/logging/decision-lines';
import type { InputEvent, OutputEvent } from '../../../../machines/monitor/events';
import { encodeFrame } from '../../../../machines/shared/protocol/encode';
import type { MonitorMessage } from '../../../../machines/shared/protocol/messages';
import { toWire } from '../../../../machines/shared/protocol/wire-size';
import { GIB, MIB } from '../../../../machines/shared/units';

const conn = 'c1';
const received = (frame: unknown): InputEvent => ({ type: 'frame.received', conn, text: JSON.stringify(frame) });
/** Through the real encoder: the wire's field names are not ours. */
const sent = (message: MonitorMessage): OutputEvent => ({ type: 'frame.sent', conn, text: encodeFrame(message) });
const SIZE = { cpu: 0.5, mem: 2 * GIB };

const SAID: readonly (readonly [InputEvent | OutputEvent, 'info' | 'warn', string])[] = [
  [{ type: 'size.decided', desired: SIZE, reason: 'in use', parts: {} }, 'info', 'decided 0.5 vCPU, 2 GiB: in use'],
  [received({ type: 'UpscaleNotification', id: 2, content: { granted: SIZE } }), 'info', 'granted 0.5 vCPU, 2 GiB'],
  [
    received({ type: 'ScaleDenied', id: 2, content: { target: SIZE, reason: 'full' } }),
    'warn',
    'denied 0.5 vCPU, 2 GiB: full',
  ],
  [
    received({ type: 'DownscaleRequest', id: 2, content: { target: SIZE } }),
    'info',
    'the agent wants to shrink to 0.5 vCPU, 2 GiB',
  ],
  [
    received({ type: 'VmInfo', id: 2, content: { granted: SIZE, etaMs: 900 } }),
    'info',
    'the agent says: granted 0.5 vCPU, 2 GiB; a grant takes 900 ms',
  ],
  [
    received({ type: 'InternalError', id: 2, content: { error: 'oops' } }),
    'warn',
    'the agent answers InternalError: oops',
  ],
  [
    received({ type: 'Nonsense', id: 2 }),
    'warn',
    'bad frame from the agent: Received message of unknown type: "Nonsense"',
  ],
  [{ type: 'frame.received', conn, text: '', binary: true }, 'warn', 'bad frame from the agent: binary'],
  [sent({ type: 'ScaleRequest', id: '3', target: toWire(SIZE) }), 'info', 'asked for 0.5 vCPU, 2 GiB'],
  [sent({ type: 'UpscaleRequest', id: '3' }), 'info', 'asked for more memory'],
  [sent({ type: 'DownscaleResult', id: '2', ok: true, status: 'fits' }), 'info', 'agreed to shrink: fits'],
  [sent({ type: 'DownscaleResult', id: '2', ok: false, status: 'in use' }), 'warn', 'refused to shrink: in use'],
  [sent({ type: 'InvalidMessage', id: '2', error: 'what?' }), 'warn', 'answered InvalidMessage: what?'],
  [{ type: 'agent.connected', conn, peer: '::1', version: '1.1' }, 'info', 'agent ::1 connected, protocol 1.1'],
  [{ type: 'agent.lost', conn, reason: 'gone' }, 'warn', 'agent lost: gone'],
  [{ type: 'handshake.failed', conn, reason: 'garbage' }, 'warn', 'handshake failed: garbage'],
  [
    { type: 'source.lost', source: 'proc.schedstat', reason: 'ENOENT' },
    'info',
    'missing: proc.schedstat: ENOENT; waiting for a CPU is told from the number of runnable tasks',
  ],
  [{ type: 'source.lost', source: 'proc.pressure', reason: 'no PSI' }, 'warn', 'missing: proc.pressure: no PSI'],
  [{ type: 'source.found', source: 'proc.stat' }, 'info', 'present: proc.stat'],
  [{ type: 'fileCache.connected', id: 1, maxBytes: GIB }, 'info', 'file cache: connected, at most 1 GiB'],
  [{ type: 'fileCache.resized', id: 1, sizeBytes: 512 * MIB }, 'info', 'file cache: set to 512 MiB'],
  [
    { type: 'fileCache.notOffered', id: 1, reason: 'no such setting' },
    'info',
    'file cache: none to size, looked for every 10 min: no such setting',
  ],
  [{ type: 'fileCache.failed', id: 1, reason: 'timeout' }, 'warn', 'file cache: timeout'],
  [{ type: 'workingSet.lost', reason: 'denied' }, 'info', 'working set of the file cache: not known: denied'],
  [{ type: 'limits.failed', id: 1, reason: 'EBUSY' }, 'warn', 'hard limit: EBUSY'],
  [
    { type: 'command.issued', id: 1, command: { type: 'fileCache.resize', sizeBytes: GIB } },
    'info',
    'setting the file cache to 1 GiB',
  ],
  [
    { type: 'command.issued', id: 1, command: { type: 'connection.close', conn, code: 1008, reason: 'too many' } },
    'warn',
    'closing the connection (1008): too many',
  ],
];

const UNSAID: readonly (InputEvent | OutputEvent)[] = [
  { type: 'monitor.started' },
  { type: 'sample.taken', elapsedMs: 100, skippedSamples: 0, readings: {} },
  { type: 'resend.due' },
  received({ type: 'HealthCheck', id: 2, content: {} }),
  sent({ type: 'HealthCheck', id: '2' }),
  sent({ type: 'UpscaleConfirmation', id: '2' }),
  { type: 'command.issued', id: 1, command: { type: 'limits.apply', hardLimitBytes: GIB } },
];

describe('events as lines for people', () => {
  it.each(SAID)('%j', (event, level, msg) => {
    expect(eventLine(event)).toEqual({ level, msg });
  });

  it.each(UNSAID)('%j passes unsaid', (event) => {
    expect(eventLine(event)).toBeNull();
  });
});
