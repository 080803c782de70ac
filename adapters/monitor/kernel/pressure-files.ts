/** The three PSI files, which a cgroup and /proc/pressure hold under different names. */
import type { Pressure } from '../../../streams/raw-sample';
import { parsePressure } from './parse/pressure';
import { SourceFile } from './source-file';

export interface PressurePaths {
  readonly memory: string;
  readonly cpu: string;
  readonly io: string;
}

export class PressureFiles {
  readonly #memory;
  readonly #cpu;
  readonly #io;

  constructor(paths: PressurePaths, buffer: Buffer) {
    this.#memory = new SourceFile(paths.memory, buffer, parsePressure);
    this.#cpu = new SourceFile(paths.cpu, buffer, parsePressure);
    this.#io = new SourceFile(paths.io, buffer, parsePressure);
  }

  get files(): readonly SourceFile<unknown>[] {
    return [this.#memory, this.#cpu, this.#io];
  }

  read(): Pressure {
    return { memory: this.#memory.read(), cpu: this.#cpu.read(), io: this.#io.read() };
  }
}
