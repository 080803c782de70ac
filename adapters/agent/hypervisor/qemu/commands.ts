/** The commands of QMP that we use, with the shape of their answers (QEMU doc interop/qemu-qmp-ref). */
import type { Either } from 'fp-ts/Either';
import * as t from 'io-ts';

/** A command, and how its answer is read. */
export interface QmpCommand<A> {
  readonly execute: string;
  readonly arguments: Readonly<Record<string, unknown>> | undefined;
  readonly answer: t.Decoder<unknown, A>;
}

/** Sends one command. Left: refused, not answered in time, not connected, or answered in another shape. */
export type Execute = <A>(command: QmpCommand<A>) => Promise<Either<string, A>>;

const command = <A>(
  execute: string,
  answer: t.Decoder<unknown, A>,
  args?: QmpCommand<A>['arguments'],
): QmpCommand<A> => ({ execute, answer, arguments: args });

/** Commands that answer with an empty object. */
const Done = t.UnknownRecord;

export const NEGOTIATE = command('qmp_capabilities', Done);
export const QUERY_KVM = command('query-kvm', t.type({ enabled: t.boolean }));
export const QUERY_BASE_MEMORY = command('query-memory-size-summary', t.type({ 'base-memory': t.number }));

/** Other kinds (nvdimm, virtio-pmem) are no memory that we count. */
export const VirtioMemData = t.intersection([
  t.type({ size: t.number, 'requested-size': t.number, 'max-size': t.number, 'block-size': t.number }),
  t.partial({ id: t.string }),
]);
export const DimmData = t.type({ size: t.number });

const MemoryDevice = t.type({ type: t.string, data: t.UnknownRecord });
export type MemoryDevice = t.TypeOf<typeof MemoryDevice>;

export const QUERY_MEMORY_DEVICES = command('query-memory-devices', t.readonlyArray(MemoryDevice));

export const setRequestedSize = (deviceId: string, bytes: number): QmpCommand<unknown> =>
  command('qom-set', Done, {
    path: `/machine/peripheral/${deviceId}`,
    property: 'requested-size',
    value: bytes,
  });

const CpuSlot = t.intersection([
  t.type({
    type: t.string,
    'vcpus-count': t.number,
    props: t.record(t.string, t.union([t.number, t.string])),
  }),
  /** Present when a CPU is plugged in. */
  t.partial({ 'qom-path': t.string }),
]);
export type CpuSlot = t.TypeOf<typeof CpuSlot>;

export const QUERY_CPU_SLOTS = command('query-hotpluggable-cpus', t.readonlyArray(CpuSlot));

export const plugCpu = ({ type, props }: CpuSlot, id: string): QmpCommand<unknown> =>
  command('device_add', Done, { ...props, driver: type, id });

export const unplug = (id: string): QmpCommand<unknown> => command('device_del', Done, { id });
