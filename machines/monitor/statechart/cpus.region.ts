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
import { backoffMs } from '../../shared/backoff';
import type { CpuRequest } from '../events/outputs';
import type { MonitorContext } from './context';
import { RETRY_FIRST_MS, RETRY_LAST_MS } from './timings';
import { monitorSetup, type Scope } from './setup';

const isPresent = ({ context }: Scope): boolean => context.config.hotplugCpus;

const isStale = ({ context: { cpus } }: Scope): boolean =>
  cpus.wanted?.count !== cpus.applied?.count || cpus.wanted?.surplus !== cpus.applied?.surplus;

const wanting = ({ cpus }: MonitorContext, wanted: CpuRequest) => ({ cpus: { ...cpus, wanted } });

const wholeCpus = (cpu: number): number => Math.max(1, Math.ceil(cpu));

const wantAtStart = monitorSetup.enqueueActions(({ context, enqueue }) => {
  const count = context.granted === null ? null : wholeCpus(context.granted.cpu);
  enqueue.assign(wanting(context, { count, surplus: 'keep' }));
});

const wantGranted = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, ['upscale.notified', 'vm.informed']);
  if (event.granted === null) return;
  enqueue.assign(wanting(context, { count: wholeCpus(event.granted.cpu), surplus: 'keep' }));
});

const wantApproved = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'downscale.approved');
  enqueue.assign(wanting(context, { count: wholeCpus(event.target.cpu), surplus: 'offline' }));
});

const apply = monitorSetup.enqueueActions(({ context, enqueue }) => {
  const { wanted } = context.cpus;
  if (wanted === null) return;
  enqueue.assign({ cpus: { ...context.cpus, applied: wanted, online: null } });
  enqueue({ type: 'issue', params: { type: 'cpus.apply', ...wanted } });
});

const succeed = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'cpus.applied');
  enqueue.assign({ cpus: { ...context.cpus, online: event.online, failures: 0 } });
});

const fail = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  const delay = backoffMs(RETRY_FIRST_MS, RETRY_LAST_MS, context.cpus.failures);
  enqueue.assign({ cpus: { ...context.cpus, online: null, failures: context.cpus.failures + 1 } });
  enqueue.raise({ type: 'cpus.retry.due', at: event.at + delay }, { id: 'cpus.retry', delay });
});

const stopWaiting = monitorSetup.enqueueActions(({ enqueue }) => {
  enqueue.cancel('cpus.retry');
});

export const cpusRegion = monitorSetup.createStateConfig({
  initial: 'absent',
  on: {
    'upscale.notified': { guard: isPresent, actions: wantGranted },
    'vm.informed': { guard: isPresent, actions: wantGranted },
    'downscale.approved': { guard: isPresent, actions: wantApproved },
  },
  states: {
    absent: { on: { 'monitor.started': { guard: isPresent, target: 'applying', actions: wantAtStart } } },
    applying: {
      entry: apply,
      on: {
        'cpus.applied': { target: 'applied', actions: succeed },
        'cpus.failed': { target: 'failing', actions: fail },
      },
    },
    applied: {
      always: { guard: isStale, target: 'applying' },
      // Somebody else took one offline, or unplugged it.
      on: { 'cpus.missing': { target: 'failing', actions: fail } },
    },
    failing: {
      always: { guard: isStale, target: 'applying' },
      exit: stopWaiting,
      on: { 'cpus.retry.due': 'applying' },
    },
  },
});
