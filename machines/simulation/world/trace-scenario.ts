/** A usage trace as a scenario: its CPU and memory as demand, bounds from its capacity as in the fluid model. */
import type { Size } from '../../shared/events/size';
import { scenarioFrom } from './read-scenario';
import { GIB, MIB } from '../../shared/units';
import { KERNEL_BYTES } from '../server';
import { boundsFor, type SimulationOptions } from '../setting';
import { isGap, rowSeconds, type Trace } from '../trace';
import type { LoadOf } from './load/specs';
import type { Scenario } from './scenario';

/** What a VM of this size cannot give: the boot reserve (1/64 + 64 MiB), kernel, services, and the last pages. */
const LARGEST_USE_FRACTION = 0.96;
const LARGEST_USE_LEFT_BYTES = 3 * KERNEL_BYTES;

const mostBytes = ({ mem }: Size): number => Math.max(0, LARGEST_USE_FRACTION * mem - LARGEST_USE_LEFT_BYTES);

/** Rows one after the other, without the gaps of the recording; demand is clipped to what the largest size holds. */
const loadOf = (trace: Trace, max: Size): { readonly load: LoadOf<'trace'>; readonly totalSeconds: number } => {
  const [seconds, cores, mib]: [number[], number[], number[]] = [[], [], []];
  let at = 0;
  for (let row = 0; row + 1 < trace.seconds.length; row += 1) {
    if (isGap(trace, row)) continue;
    seconds.push(at);
    cores.push(Math.min(max.cpu, trace.cpuCores[row] ?? 0));
    mib.push(Math.min(mostBytes(max), trace.memBytes[row] ?? 0) / MIB);
    at += rowSeconds(trace, row);
  }
  return { load: { kind: 'trace', seconds, cores, mib }, totalSeconds: at };
};

/** All that a trace says nothing of, at its defaults. */
const TEMPLATE = scenarioFrom({ name: '', about: 'a usage trace', minutes: 1, vm: { maxUnits: 1 }, load: [] });

const inUnits = (unit: Size, size: Size): number => Math.round(size.mem / unit.mem);

/** Throws RangeError when the bounds contradict each other. */
export const scenarioOfTrace = (trace: Trace, options: SimulationOptions): Scenario => {
  const { unit, grants } = options;
  const { rules, max, initialUnits } = boundsFor(trace, options);
  const { load, totalSeconds } = loadOf(trace, max);
  return {
    ...TEMPLATE,
    name: trace.name,
    minutes: totalSeconds / 60,
    vm: {
      ...TEMPLATE.vm,
      unit: { cpu: unit.cpu, gib: unit.mem / GIB },
      minUnits: inUnits(unit, rules.min),
      maxUnits: inUnits(unit, max),
      initialUnits,
      // What a trace counts as used holds the shared buffers already.
      sharedBuffersMib: 0,
    },
    load: [load],
    agent: {
      ...TEMPLATE.agent,
      up: { kind: 'fixed', ms: grants.upMs },
      down: { kind: 'fixed', ms: grants.downMs },
      denyShare: grants.denyRate,
      loseShare: grants.lossRate,
    },
  };
};
