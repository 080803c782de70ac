/** Tasks that never stop computing: one core each, as far as there are any. */
import { Load, type WorldStep } from './load';

export class BusyLoad extends Load {
  constructor(private readonly tasks: number) {
    super();
  }

  override plan({ isUp }: WorldStep): void {
    this.wantCores = isUp ? this.tasks : 0;
  }

  override serve(cores: number, { dt }: WorldStep): void {
    this.ranCores = Math.min(cores, this.wantCores);
    this.runnable = this.wantCores;
    this.runnableNow = this.wantCores;
    this.completed = this.ranCores * dt;
    // For each second of work it waited so long.
    this.waitMs = this.ranCores === 0 ? 0 : (this.wantCores / this.ranCores - 1) * 1000;
    this.shortCores = 0;
  }

  override lose(): void {
    this.ranCores = 0;
  }
}
