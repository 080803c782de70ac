/**
 * The guest's side of CPU hotplug, with --hotplug-cpus only: a CPU that was plugged is of use once it is online, and
 * one that was given back is taken offline. A grant brings CPUs online; only an approved downscale takes some
 * offline. What is not all there yet fails and is tried again, so a CPU may come late.
 *
 *   absent → applying → applied → applying …;  failing → applying
 *
 * If we die in between: a CPU that is offline stays so until the next start, which brings online what is granted
 * (all there are, where no grant is known) and takes none offline.
 */
import { assertEvent } from 'xstate';
import type { CpuRequest } from '../events/outputs';
import type { MonitorContext } from './context';
import { latestWins } from './latest-wins';
import { cancelTimer, forgetFailures, monitorSetup, type Scope } from './setup';

const wanting = ({ cpus }: MonitorContext, wanted: CpuRequest) => ({ cpus: { ...cpus, wanted } });

const wholeCpus = (cpu: number): number => Math.max(1, Math.ceil(cpu));

export const cpusActions = {
  'cpus.wantAtStart': monitorSetup.enqueueActions(({ context, enqueue }) => {
    const count = context.granted === null ? null : wholeCpus(context.granted.cpu);
    enqueue.assign(wanting(context, { count, surplus: 'keep' }));
  }),
  'cpus.wantGranted': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, ['upscale.notified', 'vm.informed']);
    if (event.granted === null) return;
    enqueue.assign(wanting(context, { count: wholeCpus(event.granted.cpu), surplus: 'keep' }));
  }),
  'cpus.wantApproved': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'downscale.approved');
    enqueue.assign(wanting(context, { count: wholeCpus(event.target.cpu), surplus: 'offline' }));
  }),
  'cpus.apply': monitorSetup.enqueueActions(({ context, enqueue }) => {
    const { wanted } = context.cpus;
    if (wanted === null) return;
    enqueue.assign({ cpus: { ...context.cpus, applied: wanted, online: null } });
    enqueue({ type: 'issue', params: { type: 'cpus.apply', ...wanted } });
  }),
  'cpus.noteOnline': monitorSetup.assign(({ context, event }) => {
    assertEvent(event, 'cpus.applied');
    return { cpus: { ...context.cpus, online: event.online } };
  }),
  /** How many have come is not known. */
  'cpus.forgetOnline': monitorSetup.assign(({ context }) => ({ cpus: { ...context.cpus, online: null } })),
};
export const cpusGuards = {
  'cpus.isPresent': ({ context }: Scope): boolean => context.config.hotplugCpus,
  'cpus.isStale': ({ context: { cpus } }: Scope): boolean =>
    cpus.wanted?.count !== cpus.applied?.count || cpus.wanted?.surplus !== cpus.applied?.surplus,
};

const cycle = latestWins({
  effect: 'cpus',
  states: { applying: 'applying', applied: 'applied', failing: 'failing', retried: 'applying' },
  apply: 'cpus.apply',
  done: 'cpus.applied',
  onDone: ['cpus.noteOnline', forgetFailures('cpus')],
  onFailed: ['cpus.forgetOnline'],
  isStale: 'cpus.isStale',
});

export const cpusRegion = monitorSetup.extend({ actions: cpusActions, guards: cpusGuards }).createStateConfig({
  initial: 'absent',
  on: {
    'upscale.notified': { guard: 'cpus.isPresent', actions: 'cpus.wantGranted' },
    'vm.informed': { guard: 'cpus.isPresent', actions: 'cpus.wantGranted' },
    'downscale.approved': { guard: 'cpus.isPresent', actions: 'cpus.wantApproved' },
  },
  states: {
    absent: {
      on: { 'monitor.started': { guard: 'cpus.isPresent', target: 'applying', actions: 'cpus.wantAtStart' } },
    },
    applying: cycle.applying,
    // Somebody else took one offline, or unplugged it.
    applied: { ...cycle.applied, on: { 'cpus.missing': cycle.fail } },
    // A newer request does not wait for the retry of the older.
    failing: { ...cycle.failing, ...cycle.applied, exit: cancelTimer('cpus.retry') },
  },
});
