/**
 * How near memory is to its end, as the classifier judges it (machines/monitor/memory). `lost`: the cgroup
 * is gone; the VM's own figures go on protecting, so a breach is heard there too.
 *
 *   calm ⇄ watchful → breached → relieved → calm | watchful;  any → lost → calm | watchful | breached
 */
import { RELIEVED_MS } from './timings';
import { monitorSetup, type Scope } from './setup';

const isCgroup = ({ event }: Scope): boolean =>
  (event.type === 'source.lost' || event.type === 'source.found') && event.source === 'cgroup.memory';
const isWatchful = ({ context }: Scope): boolean => context.memory === 'elevated';
const isBreached = ({ context }: Scope): boolean => context.memory === 'critical';

const remember = (memory: 'normal' | 'elevated' | 'critical') =>
  monitorSetup.enqueueActions(({ enqueue }) => {
    enqueue.assign({ memory });
  });

const awaitRelief = monitorSetup.enqueueActions(({ event, enqueue }) => {
  enqueue.raise({ type: 'relief.over', at: event.at + RELIEVED_MS }, { id: 'relief', delay: RELIEVED_MS });
});
const cancelRelief = monitorSetup.enqueueActions(({ enqueue }) => {
  enqueue.cancel('relief');
});

const calmed = remember('normal');
const watched = remember('elevated');
const breached = remember('critical');

const byVerdict = [
  { guard: isBreached, target: 'critical' as const },
  { guard: isWatchful, target: 'elevated' as const },
  { target: 'normal' as const },
];

export const memoryRegion = monitorSetup.createStateConfig({
  id: 'memory',
  initial: 'normal',
  on: {
    'pressure.critical': { target: '.critical', actions: breached },
    'source.lost': { guard: isCgroup, target: '.lost' },
  },
  states: {
    normal: { on: { 'pressure.elevated': { target: 'elevated', actions: watched } } },
    elevated: { on: { 'pressure.normal': { target: 'normal', actions: calmed } } },
    critical: {
      on: {
        'pressure.normal': { target: 'relieved', actions: calmed },
        'pressure.elevated': { target: 'relieved', actions: watched },
      },
    },
    relieved: {
      entry: awaitRelief,
      exit: cancelRelief,
      on: {
        'pressure.normal': { actions: calmed },
        'pressure.elevated': { actions: watched },
        'relief.over': byVerdict,
      },
    },
    lost: {
      on: {
        'pressure.normal': { actions: calmed },
        'pressure.elevated': { actions: watched },
        'source.found': byVerdict.map((to) => ({
          ...to,
          guard: (scope: Scope): boolean => isCgroup(scope) && (to.guard?.(scope) ?? true),
        })),
      },
    },
  },
});
