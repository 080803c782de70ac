/**
 * R6: what is decided and what is requested is whole units within the bounds, and never larger than any machine.
 * What was asked for and granted is not asked for again, but to say that the floor has sunk by a unit, each 10 s at most.
 */
import { LARGEST_SIZE, type Size } from '../../machines/shared/events/size';
import { sameSize, type SizingRules } from '../../machines/shared/sizing';
import type { MonitorContext } from '../../machines/monitor/statechart/context';
import { contextAfter, contextBefore, everyStep, framesOf, type SentFrame, type TraceStep } from './trace';

const isWhole = (amount: number, step: number): boolean =>
  Math.abs(amount / step - Math.round(amount / step)) < 1e-4 && amount > 0;

/** The largest size that may be requested: what the configuration and the agent allow, in tied units both of them. */
export const upperBound = ({ unit, min, max, independent }: SizingRules, { agentMax }: MonitorContext): Size => {
  const most = (resource: keyof Size): number => {
    const allowed = Math.min((max ?? LARGEST_SIZE)[resource], (agentMax ?? LARGEST_SIZE)[resource]);
    return Math.max(min[resource] / unit[resource], Math.floor(allowed / unit[resource] + 1e-9));
  };
  const units = { cpu: most('cpu'), mem: most('mem') };
  const tied = Math.min(units.cpu, units.mem);
  return independent
    ? { cpu: units.cpu * unit.cpu, mem: units.mem * unit.mem }
    : { cpu: tied * unit.cpu, mem: tied * unit.mem };
};

const problemWith = (size: Size, rules: SizingRules, context: MonitorContext): string | null => {
  const { unit, min, independent } = rules;
  const max = upperBound(rules, context);
  for (const resource of ['cpu', 'mem'] as const) {
    if (!isWhole(size[resource], unit[resource])) return `${resource} ${size[resource]} is no whole number of units`;
    if (size[resource] < min[resource]) return `${resource} ${size[resource]} is below the minimum`;
    if (size[resource] > max[resource] * (1 + 1e-6)) return `${resource} ${size[resource]} is above the maximum`;
  }
  const tied = Math.round(size.cpu / unit.cpu) === Math.round(size.mem / unit.mem);
  return independent || tied ? null : `${size.cpu} vCPU and ${size.mem} bytes are not tied`;
};

const SUNK_FLOOR_GAP_MS = 10_000;

const bringsSunkFloor = ({ floor }: SentFrame, { conn, lastRequestedAt }: MonitorContext, unit: Size, at: number) =>
  floor !== undefined &&
  (conn?.toldFloor?.mem ?? 0) - floor.mem >= unit.mem &&
  at - (lastRequestedAt ?? -Infinity) >= SUNK_FLOOR_GAP_MS;

const saidAgain = (step: TraceStep, unit: Size): string | null => {
  const { conn, granted } = contextBefore(step);
  // What was granted until now may have been taken away in this step.
  const still = contextAfter(step).granted;
  const repeated = framesOf(step, 'ScaleRequest').find(
    ({ target, ...frame }) =>
      target !== undefined &&
      frame.conn === conn?.id &&
      !bringsSunkFloor(frame, contextBefore(step), unit, step.at) &&
      conn.lastRequest !== null &&
      sameSize(target, conn.lastRequest) &&
      granted !== null &&
      still !== null &&
      sameSize(target, granted) &&
      sameSize(target, still),
  );
  return repeated === undefined ? null : `asked again for ${JSON.stringify(repeated.target)}, which is granted`;
};

const sizesIn = (step: TraceStep): Size[] => [
  ...step.step.outputs.flatMap((output) => (output.type === 'size.decided' ? [output.desired] : [])),
  ...framesOf(step, 'ScaleRequest').flatMap(({ target }) => target ?? []),
];

export const r06WholeUnits = everyStep('R6', (step, { engine }) => {
  const problems = sizesIn(step).map((size) => problemWith(size, engine.config.sizing, contextAfter(step)));
  return problems.find((problem) => problem !== null) ?? saidAgain(step, engine.config.sizing.unit);
});
