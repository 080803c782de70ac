/** What we read of /proc. A missing file costs one failed open every two seconds and nothing else (rule R9). */
import { join } from 'node:path';
import type { Pressure, ProcSample } from '../../../streams/raw-sample';
import { parseLoadavg } from './parse/loadavg';
import { parseMeminfo } from './parse/meminfo';
import { parseProcStat } from './parse/proc-stat';
import { parseSchedstat } from './parse/schedstat';
import { parseSingleNumber } from '../../shared/parse/single-value';
import { parseVmstat } from './parse/vmstat';
import { parseKernelRoom } from './parse/zoneinfo';
import { forSysctl } from './held-file';
import { PressureFiles } from './pressure-files';
import { SourceFile } from './source-file';

export type FastProc = Pick<ProcSample, 'meminfo'>;
export type SteadyProc = Pick<ProcSample, 'cpu' | 'runDelay'>;
export type SlowProc = Pick<ProcSample, 'kernelRoomBytes' | 'swap' | 'overcommitMode' | 'load'>;

export class ProcFiles {
  readonly #meminfo;
  readonly #zoneinfo;
  readonly #vmstat;
  readonly #overcommit;
  readonly #stat;
  readonly #schedstat;
  readonly #loadavg;
  readonly #pressure;

  constructor(procRoot: string, buffer: Buffer) {
    const at = (...name: string[]): string => join(procRoot, ...name);
    this.#meminfo = new SourceFile(at('meminfo'), buffer, parseMeminfo);
    this.#zoneinfo = new SourceFile(at('zoneinfo'), buffer, parseKernelRoom);
    this.#vmstat = new SourceFile(at('vmstat'), buffer, parseVmstat);
    this.#overcommit = new SourceFile(at('sys', 'vm', 'overcommit_memory'), forSysctl(buffer), parseSingleNumber);
    this.#stat = new SourceFile(at('stat'), buffer, parseProcStat);
    this.#schedstat = new SourceFile(at('schedstat'), buffer, parseSchedstat);
    this.#loadavg = new SourceFile(at('loadavg'), buffer, parseLoadavg);
    const psi = { memory: at('pressure', 'memory'), cpu: at('pressure', 'cpu'), io: at('pressure', 'io') };
    this.#pressure = new PressureFiles(psi, buffer);
  }

  readFast(): FastProc {
    return { meminfo: this.#meminfo.read() };
  }

  readSteady(): SteadyProc {
    return { cpu: this.#stat.read(), runDelay: this.#schedstat.read() };
  }

  /** These are long, or change slowly: the kernel itself moves the load averages once in 5 s. */
  readSlow(): SlowProc {
    return {
      kernelRoomBytes: this.#zoneinfo.read(),
      swap: this.#vmstat.read(),
      overcommitMode: this.#overcommit.read(),
      load: this.#loadavg.read(),
    };
  }

  readPressure(): Pressure {
    return this.#pressure.read();
  }

  /** Opens what is not open. Never rejects. */
  async openMissing(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.open()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close({ code: '', message: 'closed' })));
  }

  get #files(): readonly SourceFile<unknown>[] {
    return [
      this.#meminfo,
      this.#zoneinfo,
      this.#vmstat,
      this.#overcommit,
      this.#stat,
      this.#schedstat,
      this.#loadavg,
      ...this.#pressure.files,
    ];
  }
}
