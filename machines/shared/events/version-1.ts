/**
 * Lines of version 1 (until November 2026) in the words of version 2. No field has another meaning, only other names;
 * docs/glossary.md explains the present ones. Kept for ever: the golden logs of specs/replay are its test.
 */

/** From an old word to the present one. */
type Words = Readonly<Record<string, string>>;

/** What changes within one value of a line. Whatever is not named stays. */
interface Change {
  /** Of keys. */
  readonly keys?: Words;
  /** Of the value, where it is a word. */
  readonly words?: Words;
  /** Of the values under these (old) keys. */
  readonly at?: Readonly<Record<string, Change>>;
  /** Of all other values. */
  readonly each?: Change;
  /** Phrases within a text. */
  readonly phrases?: readonly (readonly [old: string, now: string])[];
}

const wordOf = (words: Words | undefined, word: string): string =>
  words !== undefined && Object.hasOwn(words, word) ? (words[word] ?? word) : word;

const textOf = ({ words, phrases = [] }: Change, text: string): string =>
  phrases.reduce((changed, [old, now]) => changed.replaceAll(old, now), wordOf(words, text));

const apply = (change: Change | undefined, value: unknown): unknown => {
  if (change === undefined) return value;
  if (typeof value === 'string') return textOf(change, value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { keys, at = {}, each } = change;
  return Object.fromEntries(
    Object.entries(value).map(([key, old]) => [wordOf(keys, key), apply(Object.hasOwn(at, key) ? at[key] : each, old)]),
  );
};

/** Events, commands and timers. */
const TYPE: Change = {
  words: {
    'beat.sampled': 'sample.taken',
    'hold.start': 'throttle.start',
    'hold.started': 'throttle.started',
    'hold.end': 'throttle.end',
    'hold.ended': 'throttle.ended',
    'hold.failed': 'throttle.failed',
    'hold.over': 'throttle.over',
    'hold.rested': 'throttle.rested',
    'hold.retry.due': 'throttle.retry.due',
    'refusal.over': 'shmCap.over',
    'refusal.retry.due': 'shmCap.retry.due',
    'sharedMemory.cap': 'shmCap.apply',
    'sharedMemory.capped': 'shmCap.applied',
    'sharedMemory.restore': 'shmCap.remove',
    'sharedMemory.restored': 'shmCap.removed',
    'sharedMemory.failed': 'shmCap.failed',
    'guard.lifted': 'watchdog.lifted',
    'guard.lost': 'watchdog.lost',
    'hypervisor.look': 'hypervisor.observe',
    'hypervisor.seen': 'hypervisor.observed',
    'look.due': 'observe.due',
    'wish.overdue': 'request.overdue',
  },
};

/** States of regions, and levels. */
const STATES: Words = {
  calm: 'normal',
  watchful: 'elevated',
  breached: 'critical',
  hold: 'throttle',
  refuse: 'shmCap',
  holding: 'throttling',
  refusing: 'capped',
  wanting: 'requesting',
  asked: 'sent',
  looking: 'observing',
};
const STATE: Change = { words: STATES };

const PARTS: Change = {
  keys: {
    heldCores: 'retainedCores',
    heldBytes: 'retainedBytes',
    wishedCpu: 'requestedCpu',
    wishedMem: 'requestedMem',
  },
};

const VALUE: Change = {
  keys: { hold: 'throttle', refusal: 'shmCap' },
  each: { words: STATES, keys: STATES, each: STATE },
};

const STATECHART_CONFIG: Change = { keys: { brakeMs: 'throttleMaxMs' }, at: { protect: STATE } };

const CONTEXT: Change = {
  keys: {
    holding: 'retaining',
    asking: 'requesting',
    lastAskedAt: 'lastRequestedAt',
    danger: 'escalation',
    hold: 'throttle',
    refusal: 'shmCap',
    // Of an agent's VM:
    wish: 'monitorRequest',
    told: 'announced',
    seen: 'observed',
  },
  at: {
    config: STATECHART_CONFIG,
    conn: { keys: { lastWish: 'lastRequest' }, at: { lastGrant: { keys: { asks: 'requests' } } } },
    memory: STATE,
    danger: STATE,
  },
};

const STATECHART: Change = { at: { value: VALUE, context: CONTEXT } };

const RETENTION: Change = {
  keys: { held: 'retained', needed: 'recommended', needs: 'recommendations' },
  at: { returns: { keys: { heldMs: 'retainedMs' } } },
};

const POLICY: Change = {
  at: {
    state: {
      keys: { cpuHold: 'cpuRetention', memHold: 'memRetention' },
      at: { cpuHold: RETENTION, memHold: RETENTION },
    },
  },
};

const DOMAIN: Change = {
  keys: {
    beatAt: 'coveredUntil',
    need: 'recommendation',
    neededMem: 'recommendedMem',
    timedAsk: 'timedRequest',
    danger: 'escalation',
    verdict: 'pressure',
    ledger: 'stats',
    leaving: 'hotUnplug',
  },
  at: {
    danger: { keys: { danger: 'level' }, at: { danger: STATE } },
    verdict: { keys: { verdict: 'level' }, at: { verdict: STATE } },
    need: { at: { parts: PARTS } },
    ledger: {
      keys: {
        heldMs: 'throttledMs',
        sharedMemoryCappedMs: 'shmCappedMs',
        regrets: 'prematureDownscales',
        guardLifts: 'watchdogLifts',
      },
    },
  },
};

/** A monitor's, or an agent's with its VMs. */
const SAVED_STATE: Change = {
  keys: { chart: 'statechart' },
  at: { policy: POLICY, domain: DOMAIN, chart: STATECHART, vms: { each: STATECHART } },
};

const CONFIG: Change = {
  ...STATECHART_CONFIG,
  at: {
    ...STATECHART_CONFIG.at,
    engine: { at: { engine: { keys: { chart: 'statechart' }, at: { chart: STATECHART_CONFIG } } } },
  },
};

/** A reason is an output, which replay compares. */
const REASON: Change = {
  phrases: [
    ['would do, but does not pay yet)', 'would do, but saves less than a resize costs)'],
    ['the monitor wishes ', 'the monitor requests '],
  ],
};

const EVENT: Change = {
  keys: { skippedBeats: 'skippedSamples', unmovedMs: 'unchangedMs', heldMs: 'throttledMs' },
  at: {
    type: TYPE,
    command: { at: { type: TYPE } },
    reason: REASON,
    // A frame that says no quotes the reason.
    text: REASON,
    parts: PARTS,
    config: CONFIG,
    state: SAVED_STATE,
  },
};

const LINE: Change = { at: { event: EVENT } };

/** A line of version 1 as one of version 2. What is no such line is left for the codec to refuse. */
export const fromVersion1 = (line: unknown): unknown => {
  const changed = apply(LINE, line);
  return typeof changed === 'object' && changed !== null ? { ...changed, v: 2 } : changed;
};
