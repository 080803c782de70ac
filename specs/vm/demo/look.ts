/** Looks at the VM from outside: its size as the hypervisor says, the rest as the monitor's metrics do. */
import { readPrometheusText, sampleOf } from '../../support/prometheus-text';
import type { Guest } from '../harness';
import { LOOK_DEADLINE_MS } from './limits';
import type { Sample } from './sample';

const KEYS = {
  cpus: 'vm_monitor_size_vcpus{size="seen"}',
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

/** @param bootBytes memory at boot; @returns null when there is nothing to see yet */
export const look = async (guest: Guest, bootBytes: number): Promise<Omit<Sample, 'atMs'> | null> => {
  const [plugged, scraped] = await Promise.all([guest.qmp.pluggedBytes(), scrape(guest)]);
  return scraped === null ? null : { sizeBytes: bootBytes + plugged, ...scraped };
};
