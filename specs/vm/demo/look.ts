/** Looks at the VM from outside: its size as the hypervisor says, the rest as the monitor's metrics do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readPrometheusText, sampleOf } from '../../support/prometheus-text';
import type { Guest } from '../harness';
import { LOOK_DEADLINE_MS, LOOK_MS } from './limits';
import type { Seen } from './sample';

const KEYS = {
  cpus: 'vm_monitor_size_vcpus{size="observed"}',
  useBytes: 'vm_monitor_memory_use_bytes',
  wishBytes: 'vm_monitor_size_memory_bytes{size="desired"}',
} as const;

type Scraped = Readonly<Record<keyof typeof KEYS, number>>;

/** Null until the monitor has sampled and decided for the first time. */
const scrape = async ({ port }: Guest): Promise<Scraped | null> => {
  const url = `http://127.0.0.1:${port.metrics}/metrics`;
  const response = await fetch(url, { signal: AbortSignal.timeout(LOOK_DEADLINE_MS) });
  const families = readPrometheusText(await response.text());
  const [cpus, useBytes, wishBytes] = [KEYS.cpus, KEYS.useBytes, KEYS.wishBytes].map((key) => sampleOf(families, key));
  if (cpus === undefined || useBytes === undefined || wishBytes === undefined) return null;
  return { cpus, useBytes, wishBytes };
};

const look = async (guest: Guest, bootBytes: number): Promise<Seen | null> => {
  const [plugged, scraped] = await Promise.all([guest.qmp.pluggedBytes(), scrape(guest)]);
  return scraped === null ? null : { sizeBytes: bootBytes + plugged, ...scraped };
};

export interface Watched {
  /** Resolves with the first look that saw something. */
  readonly first: Promise<Seen>;
  readonly last: () => Seen | null;
  /** Resolves when no look is under way. */
  readonly stop: () => Promise<void>;
}

/**
 * Looks until it is stopped. A look that fails is passed over: a guest under load may not answer in time, and
 * whether the monitor lives is not asked here.
 *
 * @param bootBytes memory at boot
 */
export const watchVm = (guest: Guest, bootBytes: number, show: (observed: Seen) => void): Watched => {
  let last: Seen | null = null;
  let isStopped = false;
  let begin: (observed: Seen) => void = () => undefined;
  const first = new Promise<Seen>((resolve) => (begin = resolve));
  const looking = async (): Promise<void> => {
    while (!isStopped) {
      const observed = await look(guest, bootBytes).catch(() => null);
      if (observed !== null) {
        last = observed;
        begin(observed);
        show(observed);
      }
      await sleep(LOOK_MS);
    }
  };
  const ended = looking();
  return {
    first,
    last: () => last,
    stop: () => {
      isStopped = true;
      return ended;
    },
  };
};
