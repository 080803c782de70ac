/**
 * How near memory is to its end, as the classifier judges it (machines/monitor/memory). `lost`: the cgroup
 * is gone; the VM's own figures go on protecting, so a breach is heard there too.
 *
 *   calm ⇄ watchful → breached → relieved → calm | watchful;  any → lost → calm | watchful | breached
 */
import { RELIEVED_MS } from './timings';
import { chart, type Scope } from './setup';

const isCgroup = ({ event }: Scope): boolean =>
  (event.type === 'source.lost' || event.type === 'source.found') && event.source === 'cgroup.memory';
const isWatchful = ({ context }: Scope): boolean => context.memory === 'watchful';
const isBreached = ({ context }: Scope): boolean => context.memory === 'breached';

const remember = (memory: 'calm' | 'watchful' | 'breached') =>
  chart.enqueueActions(({ enqueue }) => {
    enqueue.assign({ memory });
  });

const awaitRelief = chart.enqueueActions(({ event, enqueue }) => {
  enqueue.raise({ type: 'relief.over', at: event.at + RELIEVED_MS }, { id: 'relief', delay: RELIEVED_MS });
});
const cancelRelief = chart.enqueueActions(({ enqueue }) => {
  enqueue.cancel('relief');
});

const calmed = remember('calm');
const watched = remember('watchful');
const breached = remember('breached');

const byVerdict = [
  { guard: isBreached, target: 'breached' as const },
  { guard: isWatchful, target: 'watchful' as const },
  { target: 'calm' as const },
];

export const memoryRegion = chart.createStateConfig({
  id: 'memory',
  initial: 'calm',
  on: {
    'memory.breached': { target: '.breached', actions: breached },
    'source.lost': { guard: isCgroup, target: '.lost' },
  },
  states: {
    calm: { on: { 'memory.watched': { target: 'watchful', actions: watched } } },
    watchful: { on: { 'memory.calmed': { target: 'calm', actions: calmed } } },
    breached: {
      on: {
        'memory.calmed': { target: 'relieved', actions: calmed },
        'memory.watched': { target: 'relieved', actions: watched },
      },
    },
    relieved: {
      entry: awaitRelief,
      exit: cancelRelief,
      on: {
        'memory.calmed': { actions: calmed },
        'memory.watched': { actions: watched },
        'relief.over': byVerdict,
      },
    },
    lost: {
      on: {
        'memory.calmed': { actions: calmed },
        'memory.watched': { actions: watched },
        'source.found': byVerdict.map((to) => ({
          ...to,
          guard: (scope: Scope): boolean => isCgroup(scope) && (to.guard?.(scope) ?? true),
        })),
      },
    },
  },
});
