/**
 * R6: the desired size is whole units within the bounds. Only a size that the VM already has may be
 * kept as it is, whatever it is. What was asked for and granted is not asked for again.
 */
import type { Size } from '../../machines/events/size.codec';
import { sameSize, type SizingRules } from '../../machines/sizing';
import type { ChartContext } from '../../machines/chart/context';
import { contextAfter, contextBefore, everyStep, framesOf, type TraceStep } from './trace';

const isWhole = (amount: number, step: number): boolean =>
  Math.abs(amount / step - Math.round(amount / step)) < 1e-4 && amount > 0;

const upperBound = (rules: SizingRules, { agentMax }: ChartContext): Size => {
  const max = { cpu: rules.max?.cpu ?? Infinity, mem: rules.max?.mem ?? Infinity };
  if (agentMax === null) return max;
  return {
    cpu: Math.max(rules.min.cpu, Math.min(max.cpu, agentMax.cpu)),
    mem: Math.max(rules.min.mem, Math.min(max.mem, agentMax.mem)),
  };
};

const problemWith = (size: Size, rules: SizingRules, context: ChartContext): string | null => {
  const { unit, min, independent } = rules;
  const max = upperBound(rules, context);
  const { granted } = context;
  if (granted !== null && sameSize(size, granted)) return null;
  // What cannot be measured is kept as granted, even beyond the bounds.
  const isKept = (resource: keyof Size): boolean => granted !== null && size[resource] === granted[resource];
  for (const resource of ['cpu', 'mem'] as const) {
    if (isKept(resource)) continue;
    if (!isWhole(size[resource], unit[resource])) return `${resource} ${size[resource]} is no whole number of units`;
    if (size[resource] < min[resource]) return `${resource} ${size[resource]} is below the minimum`;
    if (size[resource] > max[resource]) return `${resource} ${size[resource]} is above the maximum`;
  }
  const tied = Math.round(size.cpu / unit.cpu) === Math.round(size.mem / unit.mem);
  return independent || tied || isKept('cpu') || isKept('mem')
    ? null
    : `${size.cpu} vCPU and ${size.mem} bytes are not tied`;
};

const saidAgain = (step: TraceStep): string | null => {
  const { conn, granted } = contextBefore(step);
  // What was granted until now may have been taken away in this step.
  const still = contextAfter(step).granted;
  const repeated = framesOf(step, 'ScaleRequest').find(
    ({ target, conn: to }) =>
      target !== undefined &&
      to === conn?.id &&
      conn.lastWish !== null &&
      sameSize(target, conn.lastWish) &&
      granted !== null &&
      still !== null &&
      sameSize(target, granted) &&
      sameSize(target, still),
  );
  return repeated === undefined ? null : `asked again for ${JSON.stringify(repeated.target)}, which is granted`;
};

export const r06WholeUnits = everyStep('R6', (step, { engine }) => {
  const decided = step.step.outputs.find((output) => output.type === 'size.decided');
  const problem = decided === undefined ? null : problemWith(decided.desired, engine.config.sizing, contextAfter(step));
  return problem ?? saidAgain(step);
});
