/** What the core decides. Outputs are logged in the same sequence as inputs and checked by replay (rule R1). */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import { nullable } from '../../shared/events/nullable';
import { Size } from '../../shared/events/size';

/** The desired size: the first, and each change of it. `parts` are the numbers that the reason is made of. */
export const SizeDecided = t.type({
  type: t.literal('size.decided'),
  desired: Size,
  reason: t.string,
  parts: t.record(t.string, finite),
});
export type SizeDecided = t.TypeOf<typeof SizeDecided>;

/** How many of the guest's CPUs should be online (null: all that are there), and what becomes of those above. */
const cpuWish = { count: nullable(finite), surplus: t.keyof({ keep: null, offline: null }) };
export const CpuRequest = t.readonly(t.type(cpuWish));
export type CpuRequest = t.TypeOf<typeof CpuRequest>;

/** Work for the side-effect actors. Each ends in exactly one outcome event that bears its id. */
export const Command = t.union([
  t.type({ type: t.literal('fileCache.connect') }),
  t.type({ type: t.literal('fileCache.resize'), sizeBytes: finite }),
  /** memory.max of the cgroup; null: "max". */
  t.type({ type: t.literal('limits.apply'), hardLimitBytes: nullable(finite) }),
  t.type({ type: t.literal('tripwire.arm'), highBytes: finite }),
  t.type({ type: t.literal('tripwire.lift') }),
  /** Slow the processes that grow: each may take `allowanceBytes` in all until the throttle ends. */
  t.type({ type: t.literal('throttle.start'), allowanceBytes: finite }),
  t.type({ type: t.literal('throttle.end') }),
  t.type({ type: t.literal('shmCap.apply') }),
  t.type({ type: t.literal('shmCap.remove') }),
  t.type({ type: t.literal('statement.cancel') }),
  t.type({ type: t.literal('cpus.apply'), ...cpuWish }),
  /** The one command without an outcome of its own: agent.lost follows. */
  t.type({ type: t.literal('connection.close'), conn: t.string, code: finite, reason: t.string }),
]);
export type Command = t.TypeOf<typeof Command>;

export const CommandIssued = t.type({ type: t.literal('command.issued'), id: finite, command: Command });
export type CommandIssued = t.TypeOf<typeof CommandIssued>;

/** A frame for the agent, as text. */
export const FrameSent = t.type({ type: t.literal('frame.sent'), conn: t.string, text: t.string });
export type FrameSent = t.TypeOf<typeof FrameSent>;

export const OutputEvent = t.union([SizeDecided, CommandIssued, FrameSent]);
export type OutputEvent = t.TypeOf<typeof OutputEvent>;

const OUTPUT_TYPES: ReadonlySet<string> = new Set<OutputEvent['type']>([
  'size.decided',
  'command.issued',
  'frame.sent',
]);

/** Distinguishes outputs from inputs by their type alone. */
export const isOutput = (event: { readonly type: string }): event is OutputEvent => OUTPUT_TYPES.has(event.type);
