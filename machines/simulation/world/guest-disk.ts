/** Reads that miss the caches: what they fill, what comes back that had been evicted, and who waits for it. */
import type { GuestMemory } from './guest-memory';
import { POSTGRES_PAGE_BYTES } from './hot-set';
import { ClientsLoad } from './load/clients';
import { ColdReadsLoad } from './load/cold-reads';
import type { Load, WorldStep } from './load/load';

const MINUTE_SECONDS = 60;

export class GuestDisk {
  /** Of Postgres' file cache; set by the monitor. */
  fileCacheLimitBytes = Infinity;
  /** Counters since the beginning. */
  readBytes = 0;
  reads = 0;
  refaultedBytes = 0;
  ioSomeUs = 0;
  ioFullUs = 0;
  private lastMinute = 0;
  private readonly clients: readonly ClientsLoad[];
  private readonly coldReads: readonly ColdReadsLoad[];

  constructor(
    loads: readonly Load[],
    private readonly memory: GuestMemory,
    private readonly fileCache: 'absent' | 'memory' | 'disk',
  ) {
    this.clients = loads.filter((load) => load instanceof ClientsLoad);
    this.coldReads = loads.filter((load) => load instanceof ColdReadsLoad);
  }

  /** @returns bytes by which caches grew */
  readPages(now: WorldStep, running: number): number {
    const { memory } = this;
    this.tickMinute(now.seconds);
    const room = memory.hotRoomBytes;
    const before = memory.coldBytes + memory.hotBytes;
    let [missed, refaulted, waiting] = [0, 0, 0];
    for (const load of this.clients) {
      const { hotSet, spec } = load;
      const inPageCache = spec.keptIn === 'pageCache' || this.fileCache === 'disk';
      const others = memory.hotBytes - hotSet.cachedBytes;
      const cacheRoom = inPageCache ? Math.max(0, room - others) : Infinity;
      const limit = spec.keptIn === 'fileCache' ? this.fileCacheLimitBytes : Infinity;
      if (spec.keptIn === 'fileCache') hotSet.evictTo(limit);
      hotSet.read(load.readBytes, Math.min(cacheRoom, limit));
      missed += hotSet.missedBytes;
      if (inPageCache) refaulted += hotSet.refaultedBytes;
      waiting += load.blocked;
      memory.coldBytes += load.cooledBytes;
      load.cooledBytes = 0;
    }
    for (const load of this.coldReads) {
      const bytes = load.readBytes(now);
      missed += bytes;
      waiting += load.blocked;
      memory.coldBytes = Math.max(memory.coldBytes, Math.min(memory.coldBytes + bytes, room - memory.hotBytes));
    }
    this.countReads(missed, refaulted, Math.min(1, waiting) * now.dt * 1e6, running);
    // Who waits for pages that had been evicted waits for memory as well (mm/workingset.c, psi_memstall_enter).
    if (missed > 0) memory.stallFor((Math.min(1, waiting) * now.dt * 1e6 * refaulted) / missed, now.dt);
    return memory.coldBytes + memory.hotBytes - before;
  }

  private countReads(missed: number, refaulted: number, someUs: number, running: number): void {
    this.readBytes += missed;
    this.reads += missed / POSTGRES_PAGE_BYTES;
    this.refaultedBytes += refaulted;
    this.ioSomeUs += someUs;
    // All wait when nobody runs meanwhile.
    this.ioFullUs += someUs * Math.max(0, 1 - running);
  }

  private tickMinute(seconds: number): void {
    const minute = Math.floor(seconds / MINUTE_SECONDS);
    if (minute === this.lastMinute) return;
    this.lastMinute = minute;
    for (const { hotSet } of this.clients) hotSet.nextMinute();
  }
}
