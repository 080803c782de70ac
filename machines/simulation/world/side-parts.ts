/** What a side is made of. */
import { FILE_CACHE_IN_MEMORY, FILE_CACHE_ON_DISK, fileCacheSize } from '../../monitor/memory/file-cache-size';
import type { Agenda } from './agenda';
import type { FleetAgent } from './fleet-agent';
import type { ModelHypervisor } from './model-hypervisor';
import type { CoreObserver } from './our-side';
import type { Scenario } from './scenario';
import type { Wire } from './sides';
import type { BoundedSizing } from './stepped-hypervisor';
import type { VirtualMachine } from './virtual-machine';

export interface SideParts {
  readonly scenario: Scenario;
  readonly sizing: BoundedSizing;
  readonly vm: VirtualMachine;
  readonly hypervisor: ModelHypervisor;
  /** Our agent, which serves all VMs of a host; null: the VM is alone. */
  readonly fleetAgent: FleetAgent | null;
  readonly agenda: Agenda;
  readonly wire: Wire;
  /** Numbers of its own for each part. */
  readonly random: (part: string) => () => number;
  readonly observer: CoreObserver | null;
}

const FILE_CACHES = { absent: null, memory: FILE_CACHE_IN_MEMORY, disk: FILE_CACHE_ON_DISK } as const;

/** The file cache's size in so much memory; no bound where there is none. */
export const fileCacheOf = (where: keyof typeof FILE_CACHES, totalBytes: number): number => {
  const config = FILE_CACHES[where];
  return config === null ? Infinity : fileCacheSize(config, Math.max(0, totalBytes));
};
