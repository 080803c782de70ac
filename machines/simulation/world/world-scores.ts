/** What a run of the world was like: for the load, and what it cost. */
import { GIB, HOUR_MS } from '../../shared/units';
import type { Size } from '../../shared/events/size';
import type { VmCpus } from './cpu';
import type { GuestDisk } from './guest-disk';
import type { GuestMemory } from './guest-memory';
import type { Load, WorldStep } from './load/load';
import { RiskWatch } from './risk-watch';
import { WaitHistogram } from './wait-histogram';

/** Waiting that a person notices. */
const LONG_WAIT_MS = 100;

/** What of a VM is scored. */
interface ScoredMachine {
  readonly cpu: VmCpus;
  readonly memory: GuestMemory;
  readonly disk: GuestDisk;
  readonly loads: readonly Load[];
  readonly refusedStatements: number;
}

/** A change of size, for --sizes. */
export interface SizeChange {
  readonly atMs: number;
  readonly size: Size;
}

/** Numbers only, so that a scenario may bound each by its name. */
export type ScoreTable = Readonly<Record<ScoreName, number>>;
export type ScoreName =
  | 'memoryShortGibSeconds'
  | 'cpuShortCoreSeconds'
  | 'waitP50Ms'
  | 'waitP99Ms'
  | 'longWaitShare'
  | 'throughput'
  | 'oomKills'
  | 'longestAtRiskSeconds'
  | 'refusedStatements'
  | 'rereadGib'
  | 'resizes'
  | 'requestsAnHour'
  | 'denialsAnHour'
  | 'settledAtSeconds'
  | 'requestsAfterSettling'
  | 'commands'
  | 'samples'
  | 'averageVcpu'
  | 'averageGib'
  | 'largestGib'
  | 'finalGib';

export class WorldScores {
  readonly sizes: SizeChange[] = [];
  readonly requestsAtMs: number[] = [];
  denials = 0;
  resizes = 0;
  commands = 0;
  samples = 0;
  private seconds = 0;
  private vcpuSeconds = 0;
  private gibSeconds = 0;
  private memoryShort = 0;
  private cpuShort = 0;
  private longWaitSeconds = 0;
  private completed = 0;
  private readonly waits = new WaitHistogram();
  private readonly risk = new RiskWatch();

  resized(atMs: number, size: Size): void {
    this.sizes.push({ atMs, size });
    this.risk.resized(atMs, size.mem);
  }

  /** The agent has received a request; a ScaleRequest of v1.1 names the floor, too. */
  requested(atMs: number, floor: Size | null): void {
    this.requestsAtMs.push(atMs);
    this.risk.told(atMs, floor?.mem ?? null);
  }

  /** One step of the VM. */
  take(vm: ScoredMachine, { dt, isUp }: WorldStep): void {
    this.seconds += dt;
    this.vcpuSeconds += vm.cpu.vcpus * dt;
    this.gibSeconds += (vm.memory.size.sizeBytes / GIB) * dt;
    let [longest, lost] = [0, 0];
    for (const load of vm.loads) {
      if (load.completed > 0) this.waits.add(load.waitMs, load.completed);
      this.completed += load.completed;
      this.cpuShort += load.shortCores * dt;
      if (load.waitMs > longest) longest = load.waitMs;
      if (!isUp) lost += load.anonBytes;
    }
    this.memoryShort += ((isUp ? vm.memory.shortBytes : lost) / GIB) * dt;
    if (longest > LONG_WAIT_MS || !isUp) this.longWaitSeconds += dt;
  }

  table(vm: ScoredMachine): ScoreTable {
    const hours = (this.seconds * 1000) / HOUR_MS;
    const settledAtMs = this.sizes.length > 1 ? (this.sizes.at(-1)?.atMs ?? 0) : 0;
    return {
      memoryShortGibSeconds: this.memoryShort,
      cpuShortCoreSeconds: this.cpuShort,
      waitP50Ms: this.waits.quantileMs(0.5),
      waitP99Ms: this.waits.quantileMs(0.99),
      longWaitShare: this.longWaitSeconds / this.seconds,
      throughput: this.completed / this.seconds,
      oomKills: vm.memory.oomKills,
      longestAtRiskSeconds: this.risk.longestMs(this.seconds * 1000) / 1000,
      refusedStatements: vm.refusedStatements,
      rereadGib: vm.disk.refaultedBytes / GIB,
      resizes: this.resizes,
      requestsAnHour: this.requestsAtMs.length / hours,
      denialsAnHour: this.denials / hours,
      settledAtSeconds: settledAtMs / 1000,
      requestsAfterSettling: this.requestsAtMs.filter((at) => at > settledAtMs).length,
      commands: this.commands,
      samples: this.samples,
      averageVcpu: this.vcpuSeconds / this.seconds,
      averageGib: this.gibSeconds / this.seconds,
      largestGib: this.sizes.reduce((most, { size }) => Math.max(most, size.mem), 0) / GIB,
      finalGib: vm.memory.size.sizeBytes / GIB,
    };
  }
}
