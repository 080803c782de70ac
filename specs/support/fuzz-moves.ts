/** Random moves of a story: whatever kernel, agents and effects may do, sensible or not. */
import type { InputEvent } from '../../machines/monitor/events/inputs';
import type { Readings } from '../../machines/monitor/events/readings';
import { GIB, MIB } from '../../machines/shared/units';
import { units } from './chart-events';
import { between as uniform, pick, type Random } from './random';
import { randomFrame } from './random-frames';
import type { Story } from './scenario';
import type { Vm } from './vm';

/** Plain data, so that a failing list can be printed, and made shorter. */
export type Move =
  | { readonly kind: 'beat'; readonly vm: Partial<Vm>; readonly missing: readonly (keyof Readings)[] }
  | { readonly kind: 'connect'; readonly version: '1.0' | '1.1' }
  | { readonly kind: 'lose' }
  | { readonly kind: 'frame'; readonly text: string; readonly from: 'agent' | 'stranger' }
  | { readonly kind: 'input'; readonly input: InputEvent }
  | { readonly kind: 'ramp'; readonly bytesPerS: number; readonly shared: boolean; readonly ms: number }
  | { readonly kind: 'wait'; readonly ms: number };

const between = (random: Random, low: number, high: number): number => Math.floor(uniform(random, low, high));

/** Mostly a beat's time, sometimes seconds, rarely a gap. */
const randomWait = (random: Random): Move => {
  const span = pick(random, [10, 100, 100, 1000, 1000, 5000, 20_000, random() < 0.1 ? 90_000 : 2000]);
  return { kind: 'wait', ms: between(random, 0, span) };
};

const randomSize = (random: Random) =>
  random() < 0.8
    ? units(between(random, 1, 10))
    : { cpu: between(random, 1, 90) / 10, mem: between(random, 1, 9 * GIB) };

const randomBeat = (random: Random): Move => {
  const size = random() < 0.1 ? { size: randomSize(random) } : {};
  const use = random() < 0.7 ? { useBytes: between(random, 200 * MIB, 2 * GIB) } : {};
  const jump = random() < 0.05 ? { useBytes: between(random, GIB, 9 * GIB) } : {};
  const rest =
    random() < 0.3
      ? {
          cacheBytes: between(random, 0, 4 * GIB),
          mappedBytes: between(random, 0, GIB),
          dirtyBytes: between(random, 0, 300 * MIB),
          busyCores: random() * 3,
          highBytes: random() < 0.5 ? null : between(random, 100 * MIB, 2 * GIB),
          hasCgroup: random() < 0.8,
        }
      : {};
  const groups = ['memory', 'cgroup', 'cpu'] as const;
  return { kind: 'beat', vm: { ...size, ...use, ...jump, ...rest }, missing: groups.filter(() => random() < 0.08) };
};

const frameText = (type: string, id: number, content: object): string => JSON.stringify({ content, type, id });

/** A frame that an agent could well send; its ids sometimes meet those of our own requests. */
const sensibleFrame = (random: Random): string => {
  const id = between(random, 1, 30);
  const size = randomSize(random);
  return pick(random, [
    () => frameText('UpscaleNotification', id, { granted: size }),
    () => frameText('DownscaleRequest', id, { target: size }),
    () => frameText('HealthCheck', id, {}),
    () => frameText('InvalidMessage', id, { error: 'unknown type' }),
    () => frameText('ScaleDenied', id, { target: size, reason: 'full' }),
    () =>
      frameText('VmInfo', id, random() < 0.5 ? { max: size } : { granted: size, etaMs: between(random, -10, 9000) }),
  ])();
};

const randomFrameMove = (random: Random): Move => ({
  kind: 'frame',
  text: random() < 0.8 ? sensibleFrame(random) : randomFrame(random),
  from: random() < 0.9 ? 'agent' : 'stranger',
});

const OUTCOMES: readonly InputEvent[] = [
  { type: 'fileCache.connected', id: 1, maxBytes: 4 * GIB },
  { type: 'fileCache.notOffered', id: 1, reason: 'vanilla' },
  { type: 'fileCache.resized', id: 1, sizeBytes: 256 * MIB },
  { type: 'fileCache.failed', id: 1, reason: 'Postgres is down' },
  { type: 'fileCache.lost', reason: 'connection reset' },
  { type: 'cpus.applied', id: 1, online: 2 },
  { type: 'cpus.failed', id: 1, reason: '2 of 4 CPUs are online, 2 are there' },
  { type: 'workingSet.sampled', pages: [10_000, 20_000, 40_000] },
  { type: 'workingSet.lost', reason: 'permission denied' },
  { type: 'memory.high.reached', count: 1 },
  { type: 'source.lost', source: 'cgroup.memory', reason: 'ENOENT' },
  { type: 'source.found', source: 'cgroup.memory' },
  { type: 'handshake.started', conn: 'conn-x', peer: '10.0.0.1:1' },
  { type: 'handshake.failed', conn: 'conn-x', reason: 'garbage' },
];

/** Of protection; in any order, whether they were commanded or not. */
const PROTECTION_OUTCOMES: readonly InputEvent[] = [
  { type: 'limits.applied', id: 1 },
  { type: 'limits.failed', id: 1, reason: 'EACCES' },
  { type: 'tripwire.armed', id: 1, highBytes: GIB },
  { type: 'tripwire.lifted', id: 1, armedMs: 500 },
  { type: 'tripwire.tripped', armedMs: 500 },
  { type: 'tripwire.failed', id: 1, reason: 'EACCES' },
  { type: 'throttle.started', id: 1, processes: [{ pid: 7, growthBytesPerS: 100 * MIB }] },
  { type: 'throttle.ended', id: 1, throttledMs: 700 },
  { type: 'throttle.failed', id: 1, reason: 'EACCES' },
  { type: 'shmCap.applied', id: 1, capBytes: 64 * MIB },
  { type: 'shmCap.removed', id: 1, cappedMs: 900 },
  { type: 'shmCap.failed', id: 1, reason: 'EPERM' },
  { type: 'statement.cancelled', id: 1, pid: 7, rssBytes: GIB },
  { type: 'statement.failed', id: 1, reason: 'nobody grows' },
  { type: 'limit.foreign', file: 'memory.high', bytes: GIB },
  { type: 'undo.failed', reason: 'memory.high: EBUSY' },
  { type: 'undo.completed' },
  { type: 'throttle.blocked', waiting: 2, reason: '2 sessions wait for locks' },
  { type: 'watchdog.lifted', reason: 'no heartbeat' },
  { type: 'watchdog.lost', reason: 'killed' },
];

/** A ramp between two beats that are near each other: growth that protection must answer. */
const randomRamp = (random: Random): Move => ({
  kind: 'ramp',
  bytesPerS: between(random, MIB, 2 * GIB),
  shared: random() < 0.5,
  ms: between(random, 100, 2000),
});

const randomMove = (random: Random): Move => {
  const kind = random();
  if (kind < 0.35) return randomBeat(random);
  if (kind < 0.6) return randomWait(random);
  if (kind < 0.82) return randomFrameMove(random);
  if (kind < 0.84) return randomRamp(random);
  if (kind < 0.9) return { kind: 'input', input: pick(random, OUTCOMES) };
  if (kind < 0.95) return { kind: 'input', input: pick(random, PROTECTION_OUTCOMES) };
  if (kind < 0.98) return { kind: 'connect', version: pick(random, ['1.0', '1.1'] as const) };
  return { kind: 'lose' };
};

/** Some moves come twice, some change places: frames that are duplicated and reordered. */
const disturb = (random: Random, moves: Move[]): Move[] => {
  for (let i = 1; i < moves.length; i += 1) {
    const kind = random();
    if (kind < 0.05) moves[i] = moves[i - 1]!;
    else if (kind < 0.1) [moves[i - 1], moves[i]] = [moves[i]!, moves[i - 1]!];
  }
  return moves;
};

export const randomMoves = (random: Random, count: number): Move[] =>
  disturb(
    random,
    Array.from({ length: count }, () => randomMove(random)),
  );

const without = (readings: Readings, missing: readonly (keyof Readings)[]): Readings =>
  Object.fromEntries(Object.entries(readings).filter(([group]) => !missing.some((name) => name === group)));

const RAMP_BEAT_MS = 100;

const ramp = (story: Story, { bytesPerS, shared, ms }: Extract<Move, { kind: 'ramp' }>): void => {
  const bytes = (bytesPerS * RAMP_BEAT_MS) / 1000;
  for (let since = 0; since < ms; since += RAMP_BEAT_MS) {
    const { useBytes, shmemBytes } = story.waits(RAMP_BEAT_MS).vm;
    story.has({ useBytes: useBytes + bytes, shmemBytes: shmemBytes + (shared ? bytes : 0) }).beat();
  }
};

export const play = (story: Story, move: Move): void => {
  switch (move.kind) {
    case 'beat':
      story
        .has(move.vm)
        .reads((readings) => without(readings, move.missing))
        .beat();
      return;
    case 'connect':
      story.connects(move.version);
      return;
    case 'lose':
      story.loses();
      return;
    case 'frame':
      story.hears(move.text, ...(move.from === 'stranger' ? ['conn-x'] : []));
      return;
    case 'input':
      story.input(move.input);
      return;
    case 'ramp':
      ramp(story, move);
      return;
    case 'wait':
      story.waits(move.ms);
  }
};
