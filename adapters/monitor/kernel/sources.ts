/**
 * All kernel sources of one VM behind one synchronous read. Reading drives everything else: about every
 * two seconds it starts, without waiting, the look for what is missing or was replaced. So there is no
 * timer here, and a source is back one or two beats after it can be.
 */
import { isRight } from 'fp-ts/Either';
import { NEVER, type Observable } from 'rxjs';
import { type CgroupSample, type ProcSample, type RawSample, unreadableCgroup } from '../../../streams/raw-sample';
import { cgroupPath } from './cgroup-root';
import { describeSources } from './describe-sources';
import { createReadBuffer } from './held-file';
import { ManagedCgroup } from './managed-cgroup';
import { ProcFiles, type SlowProc, type SteadyProc } from './proc-files';
import type { SlowCgroup, SteadyCgroup } from './cgroup-files';

export interface KernelSourceOptions {
  readonly procRoot: string;
  readonly cgroupRoot: string;
  /** Path of the managed cgroup below the root; null: there is none, work without (rule R9). */
  readonly cgroup: string | null;
}

export interface KernelSources {
  /**
   * Absolute values of now. Synchronous; a source that fails is a Left, never an exception.
   * @param beside directory of a cgroup whose memory counts as that of the managed one (beside.ts)
   */
  read(nowMs: number, beside?: string | null): RawSample;
  /** The kernel said that the cgroup's memory events changed. Never errors. */
  readonly notifications: Observable<void>;
  /** Whether the named cgroup is there at present. */
  cgroupFound(): boolean;
  /** One line for each source: present, or missing and why. */
  describe(): readonly string[];
  close(): Promise<void>;
}

/** A second, less what a beat of one second may come early. Only on beats that read what is steady. */
const SECONDLY_MS = 900;

/** A cgroup that was made anew is watched again within two of these. */
const RECHECK_MS = 1_900;

/**
 * CPU times and stall times are sums: read on every fifth beat of 100 ms they lose nothing, and cost a
 * fifth. What is smoothed over seconds (CPU), comes late by nature (PSI) or only adds to use (swap) can
 * wait that long; anon and shmem, and what the VM has available, cannot: they are read on every beat.
 */
const STEADY_MS = 480;

/** A part of the sample that is read anew at most once in `everyMs`, and repeated in between. */
class Tier<T> {
  #atMs = -Infinity;
  #latest: T;

  constructor(
    private readonly readNow: () => T,
    private readonly everyMs: number,
  ) {
    this.#latest = readNow();
  }

  get latest(): T {
    return this.#latest;
  }

  /** @returns whether it was read anew */
  renew(nowMs: number): boolean {
    if (nowMs - this.#atMs < this.everyMs) return false;
    this.#atMs = nowMs;
    this.#latest = this.readNow();
    return true;
  }
}

interface SlowSample {
  readonly proc: SlowProc;
  readonly cgroup: SlowCgroup;
}

interface SteadySample {
  readonly proc: SteadyProc & Pick<ProcSample, 'pressure'>;
  readonly cgroup: SteadyCgroup;
}

const NO_CGROUP = unreadableCgroup('no cgroup is named');

class Sources implements KernelSources {
  readonly #steady: Tier<SteadySample>;
  readonly #slow: Tier<SlowSample>;
  #recheckAtMs = -Infinity;
  #rechecking: Promise<void> | null = null;
  #closed = false;

  constructor(
    private readonly proc: ProcFiles,
    private readonly cgroup: ManagedCgroup | null,
  ) {
    this.#steady = new Tier(() => this.#readSteady(), STEADY_MS);
    this.#slow = new Tier(() => this.#readSlow(), SECONDLY_MS);
  }

  get notifications(): Observable<void> {
    return this.cgroup?.notifications ?? NEVER;
  }

  read(nowMs: number, beside: string | null = null): RawSample {
    // On the same beats: each that brings something new is told, and that costs more than the reading.
    if (this.#steady.renew(nowMs)) this.#slow.renew(nowMs);
    const sample = this.#sample(this.#steady.latest, this.#slow.latest, beside);
    this.#startRecheck(nowMs);
    return sample;
  }

  cgroupFound(): boolean {
    return this.cgroup?.found ?? false;
  }

  describe(): readonly string[] {
    return describeSources(this.#sample(this.#readSteady(), this.#readSlow(), null));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#rechecking;
    await Promise.all([this.proc.close(), this.cgroup?.close()]);
  }

  /** Opens what is there. Never rejects. */
  async recheck(): Promise<void> {
    await Promise.all([this.proc.openMissing(), this.cgroup?.recheck()]);
  }

  #startRecheck(nowMs: number): void {
    if (this.#closed || this.#rechecking !== null || nowMs - this.#recheckAtMs < RECHECK_MS) return;
    this.#recheckAtMs = nowMs;
    this.#rechecking = this.recheck().finally(() => {
      this.#rechecking = null;
    });
  }

  #readSlow(): SlowSample {
    return { proc: this.proc.readSlow(), cgroup: this.cgroup?.readSlow() ?? NO_CGROUP };
  }

  #readSteady(): SteadySample {
    const cgroup = this.cgroup?.readSteady() ?? NO_CGROUP;
    const pressure = isRight(cgroup.pressure.memory) ? null : this.proc.readPressure();
    return { proc: { ...this.proc.readSteady(), pressure }, cgroup };
  }

  #sample(steady: SteadySample, slow: SlowSample, beside: string | null): RawSample {
    const cgroup: CgroupSample =
      this.cgroup === null ? NO_CGROUP : { ...this.cgroup.readFast(beside), ...steady.cgroup, ...slow.cgroup };
    const proc: ProcSample = { ...this.proc.readFast(), ...steady.proc, ...slow.proc };
    return { proc, cgroupNamed: this.cgroup !== null, cgroup };
  }
}

/** Opens what is there and goes on without the rest. Rejects only for a cgroup name that is refused. */
export const openKernelSources = async (options: KernelSourceOptions): Promise<KernelSources> => {
  const buffer = createReadBuffer();
  let cgroup: ManagedCgroup | null = null;
  if (options.cgroup !== null) {
    const path = cgroupPath(options.cgroupRoot, options.cgroup);
    if (!isRight(path)) throw new RangeError(path.left);
    cgroup = new ManagedCgroup(path.right, buffer);
  }
  const sources = new Sources(new ProcFiles(options.procRoot, buffer), cgroup);
  await sources.recheck();
  return sources;
};
