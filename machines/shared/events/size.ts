import * as t from 'io-ts';

/**
 * No machine is larger, so a number beyond it is a slip or an attack: what the wire or the kernel says above it
 * counts as this much. It keeps sums and units of sizes exact (rule R10).
 */
export const LARGEST_SIZE = { cpu: 1024, mem: 2 ** 50 } as const;

const amount = (name: string, most: number): t.Type<number> => {
  const isAmount = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= most;
  return new t.Type(
    `${name} from 0 to ${most}`,
    isAmount,
    (value, context) => (isAmount(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  );
};

/** A size of a VM: vCPUs (may be a fraction) and bytes. */
export const Size = t.readonly(
  t.type({ cpu: amount('vCPUs', LARGEST_SIZE.cpu), mem: amount('bytes', LARGEST_SIZE.mem) }),
);
export type Size = t.TypeOf<typeof Size>;

/** The same size, or as much of it as counts. */
export const withinLargest = ({ cpu, mem }: Size): Size => ({
  cpu: Math.min(cpu, LARGEST_SIZE.cpu),
  mem: Math.min(mem, LARGEST_SIZE.mem),
});
