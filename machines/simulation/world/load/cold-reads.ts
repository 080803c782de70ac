/** Pages that are read once: they fill the cache and are worth nothing there. */
import { MIB } from '../../../shared/units';
import type { LoadOf } from './specs';
import { Load, type WorldStep } from './load';

/** Copying pages to a backup costs little CPU. */
const CORES_PER_MIB_PER_SECOND = 0.0005;

export class ColdReadsLoad extends Load {
  constructor(private readonly spec: LoadOf<'coldReads'>) {
    super();
    // One process that reads ahead: it waits for the disk most of the time.
    this.blocked = 0.8;
  }

  readBytes({ dt, isUp }: WorldStep): number {
    return isUp ? this.spec.mibPerSecond * MIB * dt : 0;
  }

  override plan({ isUp }: WorldStep): void {
    this.wantCores = isUp ? this.spec.mibPerSecond * CORES_PER_MIB_PER_SECOND : 0;
  }

  override serve(cores: number): void {
    this.ranCores = Math.min(cores, this.wantCores);
    this.runnable = this.ranCores;
    this.runnableNow = this.runnable;
  }

  override lose(): void {
    this.ranCores = 0;
  }
}
