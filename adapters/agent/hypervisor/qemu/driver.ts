/**
 * A VM of plain QEMU, through its QMP socket. Needs no guest agent: the guest's own virtio-mem driver and
 * CPU hotplug do the work, and observed() shows how far they are.
 *
 * vCPUs: observed().cpu = min(plugged, cpu.max of QEMU's cgroup). With --qemu-cgroup a smaller size is true, and seen, as
 * soon as the quota is written. Without it, where QEMU cannot unplug (TCG), surplus vCPUs stay plugged and only the
 * guest's monitor takes them offline (--hotplug-cpus): then what was asked for counts as seen, because nothing outside
 * can show it. It is the one number that is believed.
 */
import * as E from 'fp-ts/Either';
import * as t from 'io-ts';
import { createQueue } from '../../../shared/queue';
import type { Hypervisor } from '../hypervisor';
import { type CpuQuota, cpuQuotaOf, LEAST_CPU } from './cpu-quota';
import { mostCpus, pluggedCpus, requestCpus, type Surplus } from './cpus';
import { type Execute, QUERY_CPU_SLOTS } from './commands';
import { QmpLink } from './link';
import { leastBytes, lookAtMemory, mostBytes, pluggedBytes, requestMemory, stepBytes } from './memory';
import type { QmpEvent } from './messages';
import type { QmpTiming } from './session';
import { SECOND_MS } from '../../../../machines/shared/units';

/** An agent asks one thing after the other; more that wait means that QEMU hangs. */
const MAX_WAITING_CALLS = 8;
export const TIMING: QmpTiming = {
  connectMs: 2 * SECOND_MS,
  commandMs: 2 * SECOND_MS,
  callMs: 5 * SECOND_MS,
  firstRetryMs: SECOND_MS / 10,
  longestRetryMs: 5 * SECOND_MS,
};

export interface QemuOptions {
  /** QEMU's `-qmp unix:PATH,server=on,wait=off`. It serves one client at a time. */
  readonly socketPath: string;
  /** Directory of the cgroup that holds the QEMU process; null: quotas are not set. */
  readonly cgroup: string | null;
  /** A line for the operator. */
  readonly warn: (line: string) => void;
}

const UNENFORCED =
  'without --qemu-cgroup nothing outside enforces a fraction of a vCPU, nor a vCPU that cannot be unplugged; the ' +
  'monitor inside takes surplus CPUs offline (--hotplug-cpus)';

/** The guest refuses: the only events that report what no query shows. */
const GUEST_ERRORS: ReadonlySet<string> = new Set(['DEVICE_UNPLUG_GUEST_ERROR', 'MEM_UNPLUG_ERROR']);

/** Both bear the name of the device, unless it has none. */
const DeviceNamed = t.type({ device: t.string });

const guestErrors =
  (warn: QemuOptions['warn']) =>
  ({ name, data }: QmpEvent): void => {
    if (!GUEST_ERRORS.has(name)) return;
    warn(`the guest does not give back ${DeviceNamed.is(data) ? data.device : 'a device'} (${name})`);
  };

const look = async (execute: Execute) => {
  const memory = await lookAtMemory(execute);
  if (E.isLeft(memory)) return memory;
  const slots = await execute(QUERY_CPU_SLOTS);
  return E.isLeft(slots) ? slots : E.right({ memory: memory.right, slots: slots.right });
};

const observed = async (execute: Execute, quota: CpuQuota | null, leftToGuest: number) => {
  const vm = await look(execute);
  if (E.isLeft(vm)) return vm;
  const most = quota === null ? E.right(leftToGuest) : await quota.read();
  if (E.isLeft(most)) return most;
  return E.right({ cpu: Math.min(pluggedCpus(vm.right.slots), most.right), mem: pluggedBytes(vm.right.memory) });
};

const describe = async (execute: Execute) => {
  const vm = await look(execute);
  if (E.isLeft(vm)) return vm;
  const { memory, slots } = vm.right;
  return E.right({
    min: { cpu: LEAST_CPU, mem: leastBytes(memory) },
    max: { cpu: mostCpus(slots), mem: mostBytes(memory) },
    memStepBytes: stepBytes(memory),
  });
};

/** The quota goes first, both ways: until the vCPUs have followed, observed() shows the smaller of the two. */
const requestCpu = async (execute: Execute, quota: CpuQuota | null, cpu: number) => {
  if (!(cpu > 0)) return E.left(`${cpu} vCPUs were requested, expected more than 0`);
  const set = quota === null ? E.right(undefined) : await quota.write(cpu);
  return E.isLeft(set) ? set : requestCpus(execute, Math.ceil(cpu));
};

/** Connects at once, and again whenever the connection is lost. `timing` other than the default is for tests. */
export const openQemu = ({ socketPath, cgroup, warn }: QemuOptions, timing: QmpTiming = TIMING): Hypervisor => {
  const link = new QmpLink(socketPath, timing, guestErrors(warn));
  const quota = cgroup === null ? null : cpuQuotaOf(cgroup);
  const calls = createQueue(MAX_WAITING_CALLS);

  /** One call at a time: two that plug would both take the same slot. */
  const call = async <A>(work: (execute: Execute) => Promise<E.Either<string, A>>): Promise<E.Either<string, A>> => {
    const deadlineAt = performance.now() + timing.callMs;
    const done = await calls.run(() => work((command) => link.execute(command, deadlineAt)));
    return done ?? E.left(`${socketPath}: more than ${MAX_WAITING_CALLS} calls wait for QEMU`);
  };
  /** Whole vCPUs that the guest was left to get by with; Infinity: all that are plugged. */
  let leftToGuest = Infinity;
  if (quota === null) warn(UNENFORCED);
  return {
    describe: () => call(describe),
    observed: () => call((execute) => observed(execute, quota, leftToGuest)),
    requestMemory: (memBytes) => call((execute) => requestMemory(execute, memBytes)),
    requestCpu: async (cpu) => {
      const requested = await call((execute) => requestCpu(execute, quota, cpu));
      return E.map((surplus: Surplus) => {
        leftToGuest = surplus === 'stays' ? Math.ceil(cpu) : Infinity;
      })(requested);
    },
    close: () => link.close(),
  };
};
