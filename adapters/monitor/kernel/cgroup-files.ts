/** What we read of the managed cgroup; kernel doc admin-guide/cgroup-v2. */
import { join } from 'node:path';
import type { CgroupSample } from '../../../streams/raw-sample';
import type { FileFailure } from '../../shared/node-error';
import { parseCpuMax } from '../../shared/parse/cpu-max';
import { parseCpuUsage } from './parse/cpu-stat';
import { parseMemoryEvents } from './parse/memory-events';
import { parseMemoryStat } from './parse/memory-stat';
import { parseLimit, parseSingleNumber } from '../../shared/parse/single-value';
import { PressureFiles } from './pressure-files';
import { SourceFile } from './source-file';

export type SlowCgroup = Pick<CgroupSample, 'highBytes' | 'quotaCpus'>;
export type SteadyCgroup = Pick<CgroupSample, 'currentBytes' | 'swapBytes' | 'events' | 'cpuUsageUs' | 'pressure'>;
export type FastCgroup = Omit<CgroupSample, keyof SlowCgroup | keyof SteadyCgroup | 'watch'>;

export class CgroupFiles {
  readonly #memoryStat;
  readonly #current;
  readonly #swap;
  readonly #high;
  readonly #events;
  readonly #localEvents;
  readonly #cpuStat;
  readonly #cpuMax;
  readonly #pressure;

  constructor(directory: string, buffer: Buffer) {
    const at = (name: string): string => join(directory, name);
    this.#memoryStat = new SourceFile(at('memory.stat'), buffer, parseMemoryStat);
    this.#current = new SourceFile(at('memory.current'), buffer, parseSingleNumber);
    this.#swap = new SourceFile(at('memory.swap.current'), buffer, parseSingleNumber);
    this.#high = new SourceFile(at('memory.high'), buffer, parseLimit);
    this.#events = new SourceFile(at('memory.events'), buffer, parseMemoryEvents);
    this.#localEvents = new SourceFile(at('memory.events.local'), buffer, parseMemoryEvents);
    this.#cpuStat = new SourceFile(at('cpu.stat'), buffer, parseCpuUsage);
    this.#cpuMax = new SourceFile(at('cpu.max'), buffer, parseCpuMax);
    const psi = { memory: at('memory.pressure'), cpu: at('cpu.pressure'), io: at('io.pressure') };
    this.#pressure = new PressureFiles(psi, buffer);
  }

  /** What use grows by, and the cgroup's own events, which a notification asks for. */
  readFast(): FastCgroup {
    return { memoryStat: this.#memoryStat.read(), localEvents: this.#localEvents.readIfPresent() };
  }

  readSteady(): SteadyCgroup {
    return {
      currentBytes: this.#current.read(),
      swapBytes: this.#swap.readIfPresent(),
      events: this.#events.read(),
      cpuUsageUs: this.#cpuStat.read(),
      pressure: this.#pressure.read(),
    };
  }

  /** Settings: they change when somebody writes them. */
  readSlow(): SlowCgroup {
    return { highBytes: this.#high.readIfPresent(), quotaCpus: this.#cpuMax.readIfPresent() };
  }

  /** Opens what is not open. Never rejects. */
  async openMissing(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.open()));
  }

  /** From here on reads fail with `failure`, until the next openMissing. */
  async close(failure: FileFailure): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close(failure)));
  }

  get #files(): readonly SourceFile<unknown>[] {
    return [
      this.#memoryStat,
      this.#current,
      this.#swap,
      this.#high,
      this.#events,
      this.#localEvents,
      this.#cpuStat,
      this.#cpuMax,
      ...this.#pressure.files,
    ];
  }
}
