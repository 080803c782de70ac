/** How large a VM is to be before the host's capacity is looked at: its monitor's request, else its metrics. */
import type { Size } from '../shared/events/size';
import { formatSize } from '../shared/format';
import { GOAL_CU_DEFAULTS } from '../shared/goal-cu/config';
import { goalOf } from '../shared/goal-cu/formula';
import { exceeds, larger, toWholeUnits, unitsOf } from '../shared/sizing';
import type { VmContext } from './context';
import { rulesOf, sizeThere } from './sizes';

export interface Want {
  readonly size: Size;
  readonly reason: string;
  readonly parts: Readonly<Record<string, number>>;
}

const requested = (target: Size): Want => ({
  size: target,
  reason: `the monitor requests ${formatSize(target)}`,
  parts: { requestedCpu: target.cpu, requestedMem: target.mem },
});

/** The reference agent's algorithm (machines/monitor/policies/goal-cu). Without metrics it may raise, not lower. */
const measured = ({ config, system, upscale }: VmContext, there: Size, at: number): Want => {
  const { unit } = config.sizing;
  const { goalCU, parts } = goalOf(GOAL_CU_DEFAULTS, { vcpu: unit.cpu, memBytes: unit.mem }, { system, lfc: null });
  const goal = unitsOf(unit, goalCU, goalCU);
  const size = system === null ? larger(goal, there) : goal;
  const reason = system === null ? 'no metrics: the size is kept' : `the metrics give ${goalCU} compute units`;
  if (upscale === null || upscale.until <= at || !exceeds(upscale.size, size)) return { size, reason, parts };
  return {
    size: larger(size, upscale.size),
    reason: `the monitor asks for more: ${formatSize(upscale.size)} at the least`,
    parts: { ...parts, upscaleMem: upscale.size.mem },
  };
};

/** In whole units within the bounds, but not below a floor that still holds; null: the VM is not known yet. */
export const wantOf = (context: VmContext, at: number): Want | null => {
  const there = sizeThere(context);
  if (there === null || context.bounds === null) return null;
  const rules = rulesOf(context);
  const want = context.monitorRequest === null ? measured(context, there, at) : requested(context.monitorRequest);
  const size = toWholeUnits(rules, want.size);
  const { floor } = context;
  if (floor === null || floor.until <= at || !exceeds(floor.size, size)) {
    return exceeds(want.size, size)
      ? { ...want, size, reason: `${want.reason}; ${formatSize(size)} is the largest size` }
      : { ...want, size };
  }
  return {
    ...want,
    size: larger(size, floor.size),
    reason: `${want.reason}; not below ${formatSize(floor.size)} for now`,
  };
};

/** What an UpscaleRequest means: one unit more memory than the monitor knows of, as the reference agent reads it. */
export const oneUnitMore = ({ config: { sizing } }: VmContext, base: Size): Size => {
  const units = 1 + Math.floor(base.mem / sizing.unit.mem);
  return sizing.independent ? { cpu: 0, mem: units * sizing.unit.mem } : unitsOf(sizing.unit, units, units);
};
