/**
 * All kernel sources of one VM behind one synchronous read. Reading drives everything else: about every
 * two seconds it starts, without waiting, the look for what is missing or was replaced. So there is no
 * timer here, and a source is back one or two samples after it can be.
 */
import { isRight, left } from 'fp-ts/Either';
import { NEVER, type Observable } from 'rxjs';
import type { RawSample, RawSignals, Read } from '../../../streams/raw-sample';
import type { Every } from '../../../streams/signals/signal';
import { unreadableSignals } from '../../../streams/signals/unreadable';
import { cgroupPath } from './cgroup-root';
import { NO_OWN_LIMITS } from './cgroup-levels';
import { createReadBuffer } from './held-file';
import { ManagedCgroup, type OwnActs } from './managed-cgroup';
import { type Filling, SignalFiles } from './signal-files';
import { sourceStates } from '../../../streams/source-states';

/** One line for each source, for the start of the monitor and the doctor. */
const describeSources = (sample: RawSample): readonly string[] =>
  sourceStates(sample).map(({ source, state }) => {
    if (state === null)
      return `${source}: ${sample.cgroupNamed ? 'not needed, the cgroup has its own' : 'no cgroup is named'}`;
    return state._tag === 'Right' ? `${source}: present` : `${source}: missing (${state.left})`;
  });

export interface KernelSourceOptions {
  readonly procRoot: string;
  readonly cgroupRoot: string;
  /** Path of the managed cgroup below the root; null: there is none, work without (rule R9). */
  readonly cgroup: string | null;
}

export interface KernelSources {
  /** Absolute values of now. Synchronous; a source that fails is a Left, never an exception. */
  read(nowMs: number, own?: OwnActs): RawSample;
  /** The kernel said that the cgroup's memory events changed. Never errors. */
  readonly notifications: Observable<void>;
  /** Whether the named cgroup is there at present. */
  cgroupFound(): boolean;
  /** One line for each source: present, or missing and why. */
  describe(): readonly string[];
  close(): Promise<void>;
}

/** A second, less what a sample of one second may come early. Only with samples that read what is due at 500 ms. */
const SECONDLY_MS = 900;

/** A cgroup that was made anew is watched again within two of these. */
const RECHECK_MS = 1_900;

/**
 * CPU times and stall times are sums: read on every fifth sample of 100 ms they lose nothing, and cost a
 * fifth. What is smoothed over seconds (CPU), comes late by nature (PSI) or only adds to use (swap) can
 * wait that long; anon and shmem, and what the VM has available, cannot: they are read on every sample.
 */
const HALF_SECONDLY_MS = 480;

const NO_CGROUP = 'no cgroup is named';
const NO_WATCH: Read<true> = left(NO_CGROUP);

const NO_ACTS: OwnActs = { beside: null, limits: NO_OWN_LIMITS };

const CLOSED = { code: '', message: 'closed' };

const FAST: readonly Every[] = ['sample'];
const FAST_AND_HALF_SECONDLY: readonly Every[] = ['sample', '500ms'];
const ALL: readonly Every[] = ['sample', '500ms', '1s'];

class Sources implements KernelSources {
  /** What is not due yet is repeated from here. */
  #latest: RawSignals = unreadableSignals(NO_CGROUP);
  #halfSecondAtMs = -Infinity;
  #secondAtMs = -Infinity;
  #recheckAtMs = -Infinity;
  #rechecking: Promise<void> | null = null;
  #closed = false;

  constructor(
    private readonly proc: SignalFiles,
    private readonly cgroup: ManagedCgroup | null,
  ) {}

  get notifications(): Observable<void> {
    return this.cgroup?.notifications ?? NEVER;
  }

  read(nowMs: number, own: OwnActs = NO_ACTS): RawSample {
    this.#latest = this.#renewed(this.#due(nowMs), own);
    this.#startRecheck(nowMs);
    return this.#sample(this.#latest);
  }

  cgroupFound(): boolean {
    return this.cgroup?.found ?? false;
  }

  describe(): readonly string[] {
    return describeSources(this.#sample(this.#renewed(ALL, NO_ACTS)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#rechecking;
    await Promise.all([this.proc.close(CLOSED), this.cgroup?.close()]);
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

  /** The slowest are read with the others: each sample that brings something new costs more than its reading. */
  #due(nowMs: number): readonly Every[] {
    if (nowMs - this.#halfSecondAtMs < HALF_SECONDLY_MS) return FAST;
    this.#halfSecondAtMs = nowMs;
    if (nowMs - this.#secondAtMs < SECONDLY_MS) return FAST_AND_HALF_SECONDLY;
    this.#secondAtMs = nowMs;
    return ALL;
  }

  #renewed(due: readonly Every[], own: OwnActs): RawSignals {
    const signals: Filling = { ...this.#latest };
    for (const every of due) {
      // NB: in this order, as the VM's pressure is read only where the cgroup has none of its own.
      this.cgroup?.renew(signals, every, own);
      this.proc.renew(signals, every);
    }
    return signals;
  }

  #sample(signals: RawSignals): RawSample {
    return { ...signals, cgroupNamed: this.cgroup !== null, watch: this.cgroup?.watch ?? NO_WATCH };
  }
}

/** Opens what is there and goes on without the rest. Rejects only for a cgroup name that is refused. */
export const openKernelSources = async (options: KernelSourceOptions): Promise<KernelSources> => {
  const buffer = createReadBuffer();
  let cgroup: ManagedCgroup | null = null;
  if (options.cgroup !== null) {
    const path = cgroupPath(options.cgroupRoot, options.cgroup);
    if (!isRight(path)) throw new RangeError(path.left);
    cgroup = new ManagedCgroup(options.cgroupRoot, path.right, buffer);
  }
  const sources = new Sources(new SignalFiles('proc', options.procRoot, buffer), cgroup);
  await sources.recheck();
  return sources;
};
