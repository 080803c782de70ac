/**
 * R3, the core's part: nothing is commanded that --protect forbids; what was put in place is commanded
 * away before it is put in place again; limits are wished above use; holds keep their budget; and once
 * danger is over nothing is held or refused. (That commands are carried out, and undone when we die, is
 * the adapters' part.)
 */
import type { StatechartConfig } from '../../machines/monitor/statechart/context';
import type { CgroupReading } from '../../machines/monitor/events/readings';
import type { Size } from '../../machines/shared/events/size';
import type { Command } from '../../machines/monitor/events/outputs';
import { MIB } from '../../machines/shared/units';
import { contextAfter, type Rule, type TraceStep } from './trace';

type Name = Command['type'];

const TRIPWIRE: readonly Name[] = ['tripwire.arm', 'tripwire.lift'];
const HOLD: readonly Name[] = [...TRIPWIRE, 'throttle.start', 'throttle.end'];
const FULL: readonly Name[] = [...HOLD, 'shmCap.apply', 'shmCap.remove', 'statement.cancel'];
const ALLOWED: Readonly<Record<StatechartConfig['protect'], readonly Name[]>> = {
  observe: [],
  tripwire: TRIPWIRE,
  throttle: HOLD,
  full: FULL,
};

/** What undoes it. */
const UNDONE_BY: Partial<Readonly<Record<Name, Name>>> = {
  'throttle.start': 'throttle.end',
  'shmCap.apply': 'shmCap.remove',
};

/** Cancelled statements may give their memory back before the next one is chosen. */
const CANCEL_GAP_MS = 1_000;
const HOLD_WINDOW_MS = 30_000;
const TRIPWIRE_ROOM_BYTES = 16 * MIB;
const HARD_LIMIT_ROOM_BYTES = 64 * MIB;

interface Span {
  readonly from: number;
  readonly until: number;
}

const spentWithin = (spans: readonly Span[], end: number): number =>
  spans.reduce(
    (sum, { from, until }) => sum + Math.max(0, Math.min(until, end) - Math.max(from, end - HOLD_WINDOW_MS)),
    0,
  );

const commandsOf = ({ step }: TraceStep): Command[] =>
  step.outputs.flatMap((output) => (output.type === 'command.issued' ? [output.command] : []));

const isAllowed = ({ protect, hardLimit }: StatechartConfig, name: Name): boolean =>
  name === 'limits.apply' ? hardLimit && protect !== 'observe' : ALLOWED[protect].includes(name);

/** CPUs are touched only where it was asked for, and none that is granted goes offline. */
const judgeCpus = (
  { hotplugCpus }: StatechartConfig,
  granted: Size | null,
  { count, surplus }: Extract<Command, { type: 'cpus.apply' }>,
): string | null => {
  if (!hotplugCpus) return 'cpus.apply without --hotplug-cpus';
  if (surplus === 'keep') return null;
  const least = Math.ceil(granted?.cpu ?? Infinity);
  return count !== null && count >= least ? null : `CPUs go offline below the ${least} that are granted`;
};

/** Follows a run; each method says what is wrong, or null. */
class Watch {
  private readonly inPlace = new Set<Name>();
  private readonly holds: Span[] = [];
  private heldSince: number | null = null;
  private cancelledAt = -Infinity;
  /** As the core could last judge it: with both readings at hand. */
  private cgroup: CgroupReading | null = null;

  see({ input }: TraceStep): void {
    if (input.type !== 'sample.taken') return;
    const { memory, cgroup } = input.readings;
    if (memory !== undefined && cgroup !== undefined) this.cgroup = cgroup;
  }

  judge(step: TraceStep, command: Command): string | null {
    const { config, granted } = contextAfter(step);
    const { type } = command;
    if (type.startsWith('fileCache.') || type === 'connection.close') return null;
    if (command.type === 'cpus.apply') return judgeCpus(config, granted, command);
    if (!isAllowed(config, type)) return `${type} with --protect ${config.protect}`;
    return this.follow(step, type) ?? this.judgeBytes(command);
  }

  private follow({ at }: TraceStep, type: Name): string | null {
    if (this.inPlace.has(type)) return `${type} again without ${UNDONE_BY[type]}`;
    if (type in UNDONE_BY) this.inPlace.add(type);
    for (const done of [...this.inPlace]) if (UNDONE_BY[done] === type) this.inPlace.delete(done);
    if (type === 'throttle.start') this.heldSince = at;
    if (type === 'throttle.end' && this.heldSince !== null) {
      this.holds.push({ from: this.heldSince, until: at });
      this.heldSince = null;
    }
    if (type !== 'statement.cancel') return null;
    const gapMs = at - this.cancelledAt;
    this.cancelledAt = at;
    return gapMs < CANCEL_GAP_MS ? `cancelled again after ${gapMs} ms` : null;
  }

  private judgeBytes(command: Command): string | null {
    const { cgroup } = this;
    if (command.type === 'tripwire.arm') {
      if (cgroup === null) return 'armed without a reading';
      const least = cgroup.currentBytes + TRIPWIRE_ROOM_BYTES;
      return command.highBytes < least ? `armed at ${command.highBytes}, below ${least}` : null;
    }
    if (command.type !== 'limits.apply' || command.hardLimitBytes === null) return null;
    if (cgroup === null) return 'limited without a reading';
    const least = cgroup.anonBytes + cgroup.shmemBytes + cgroup.kernelBytes + HARD_LIMIT_ROOM_BYTES;
    return command.hardLimitBytes < least ? `limited to ${command.hardLimitBytes}, below ${least}` : null;
  }

  judgeHolds({ at, step }: TraceStep): string | null {
    const { config } = step.state.statechart.context;
    const open = this.heldSince === null ? [] : [{ from: this.heldSince, until: at }];
    const spentMs = spentWithin([...this.holds, ...open], at);
    return spentMs > config.throttleMaxMs
      ? `held for ${spentMs} ms in 30 s, allowed are ${config.throttleMaxMs}`
      : null;
  }
}

/** Who is waited for is released. */
const blocks = ({ input, step }: TraceStep): string | null =>
  input.type === 'throttle.blocked' && step.state.statechart.value.throttle === 'throttling'
    ? 'others wait for those who are held, and they are held still'
    : null;

/** Without danger nothing is in place but what is being undone. */
const outlasts = (step: TraceStep): string | null => {
  const { value, context } = step.step.state.statechart;
  const isOver = context.escalation === 'none';
  return isOver && (value.throttle === 'throttling' || value.shmCap === 'capped')
    ? 'danger is over, the act is not'
    : null;
};

export const r03FirstDoNoHarm: Rule = ({ steps }) => {
  const watch = new Watch();
  for (const [index, step] of steps.entries()) {
    watch.see(step);
    const wrongs = commandsOf(step).map((command) => watch.judge(step, command));
    const why = wrongs.find((wrong) => wrong !== null) ?? watch.judgeHolds(step) ?? outlasts(step) ?? blocks(step);
    if (why !== null) return { rule: 'R3', index, at: step.at, why };
  }
  return null;
};
