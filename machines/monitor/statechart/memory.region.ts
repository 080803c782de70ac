/**
 * How near memory is to its end, as the classifier judges it (machines/monitor/memory). `lost`: the cgroup
 * is gone; the VM's own figures go on protecting, so critical pressure is noticed there too.
 *
 *   calm ⇄ watchful → breached → relieved → calm | watchful;  any → lost → calm | watchful | breached
 */
import { and, assertEvent } from 'xstate';
import { cancelTimer, monitorSetup, startTimer, type Scope } from './setup';

export const memoryActions = {
  'memory.setNormal': monitorSetup.assign({ memory: 'normal' }),
  'memory.setElevated': monitorSetup.assign({ memory: 'elevated' }),
  'memory.setCritical': monitorSetup.assign({ memory: 'critical' }),
  'memory.setLack': monitorSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'lack.changed');
    enqueue.assign({ lack: event.lack });
  }),
};
export const memoryGuards = {
  'memory.isCgroup': ({ event }: Scope): boolean =>
    (event.type === 'source.lost' || event.type === 'source.found') && event.source === 'cgroup.memory',
  'memory.isElevated': ({ context }: Scope): boolean => context.memory === 'elevated',
  'memory.isCritical': ({ context }: Scope): boolean => context.memory === 'critical',
};

const eased = {
  'pressure.normal': { actions: 'memory.setNormal' },
  'pressure.elevated': { actions: 'memory.setElevated' },
} as const;

export const memoryRegion = monitorSetup.extend({ actions: memoryActions, guards: memoryGuards }).createStateConfig({
  id: 'memory',
  initial: 'normal',
  on: {
    'pressure.critical': { target: '.critical', actions: 'memory.setCritical' },
    'lack.changed': { actions: 'memory.setLack' },
    'source.lost': { guard: 'memory.isCgroup', target: '.lost' },
  },
  states: {
    normal: { on: { 'pressure.elevated': { target: 'elevated', actions: 'memory.setElevated' } } },
    elevated: { on: { 'pressure.normal': { target: 'normal', actions: 'memory.setNormal' } } },
    critical: {
      on: {
        'pressure.normal': { target: 'relieved', actions: 'memory.setNormal' },
        'pressure.elevated': { target: 'relieved', actions: 'memory.setElevated' },
      },
    },
    relieved: {
      entry: startTimer('relief'),
      exit: cancelTimer('relief'),
      on: {
        ...eased,
        'relief.over': [
          { guard: 'memory.isCritical', target: 'critical' },
          { guard: 'memory.isElevated', target: 'elevated' },
          { target: 'normal' },
        ],
      },
    },
    lost: {
      on: {
        ...eased,
        'source.found': [
          { guard: and(['memory.isCgroup', 'memory.isCritical']), target: 'critical' },
          { guard: and(['memory.isCgroup', 'memory.isElevated']), target: 'elevated' },
          { guard: 'memory.isCgroup', target: 'normal' },
        ],
      },
    },
  },
});
