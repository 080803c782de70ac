/**
 * What the doctor looks at, read once by the probe and checked afterwards by pure functions. A thing that
 * cannot be read is a fact too.
 */
import type { Either } from 'fp-ts/Either';
import type { CgroupRoot } from '../../monitor/kernel/cgroup-root';
import type { Mount } from '../../shared/parse/mountinfo';

/** Left: one line that names the file, what was found and what was expected. */
export type Fact<A> = Either<string, A>;

export type Access = 'writable' | 'read-only' | 'absent';

/** Files of the managed cgroup that protection works with. */
export const PROTECTION_FILES = ['memory.high', 'memory.max', 'memory.events.local'] as const;
export type ProtectionFile = (typeof PROTECTION_FILES)[number];

export interface CgroupFacts {
  /** Path below the mount, as --cgroup has it. */
  readonly name: string;
  /** The same as an absolute path. */
  readonly path: string;
  readonly directory: Access;
  readonly files: Readonly<Record<ProtectionFile, Access>>;
  /** cgroup.procs: who may write it may move processes in and out. */
  readonly processes: Access;
  /** Controllers in its cgroup.subtree_control, e.g. "memory". */
  readonly handsOn: Fact<readonly string[]>;
  /** The first line of its memory.pressure. */
  readonly pressure: Fact<string>;
  /** User id of one of its processes. */
  readonly userId: Fact<number>;
  /** Whether one of its processes sees the mounts that we see (mount_namespaces(7)). */
  readonly sharesMounts: Fact<boolean>;
  /** Where the throttle cgroup is made, beside the managed cgroup. */
  readonly parent: {
    readonly path: string;
    readonly directory: Access;
    readonly processes: Access;
    readonly handsOn: Fact<readonly string[]>;
  };
}

/** The rights that some step of protection needs; capabilities(7). */
export const CAPABILITY_BITS = {
  CAP_KILL: 5,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
} as const;
export type Capability = keyof typeof CAPABILITY_BITS;

export interface Rights {
  /** Real user id. */
  readonly userId: number;
  /** The effective ones. */
  readonly capabilities: readonly Capability[];
}

/** The process that asks: the doctor, or the monitor at its start. */
export interface OwnFacts {
  readonly rights: Fact<Rights>;
  /** Path of its cgroup below the mount, with a slash before it. */
  readonly cgroup: Fact<string>;
  /** memory.min as far as all cgroups above grant it; Infinity for "max". */
  readonly memoryMinBytes: Fact<number>;
  readonly oomScoreAdj: Fact<number>;
  /** process.versions.node */
  readonly nodeVersion: string;
  /** Whether systemd expects to be notified of the start (Type=notify). */
  readonly notifies: boolean;
}

export interface Directory {
  readonly path: string;
  /** We may write files into it, or make it. */
  readonly holdsFiles: boolean;
}

export interface Facts {
  readonly cgroupRoot: CgroupRoot & { readonly path: string; readonly controllers: Fact<readonly string[]> };
  /** null: none is named. */
  readonly cgroup: CgroupFacts | null;
  readonly own: OwnFacts;

  readonly kernelRelease: Fact<string>;
  /** The first line of /proc/pressure/memory. */
  readonly pressure: Fact<string>;
  /** The first line of /proc/schedstat. */
  readonly schedstat: Fact<string>;
  /** CPU time that the hypervisor took, since boot. */
  readonly stealMs: Fact<number>;
  readonly overcommit: {
    /** vm.overcommit_memory */
    readonly mode: Fact<number>;
    readonly limitBytes: Fact<number>;
    readonly committedBytes: Fact<number>;
  };
  readonly swapBytes: Fact<number>;
  readonly memoryHotplug: {
    /** auto_online_blocks: what happens to memory that is added. */
    readonly autoOnline: Fact<string>;
    /** memory_hotplug.online_policy: which zone it goes to. */
    readonly policy: Fact<string>;
  };
  /** CPUs that are present and not in use. */
  readonly offlineCpus: Fact<readonly number[]>;
  readonly inotify: {
    /** Right: a watch could be set. */
    readonly watch: Fact<true>;
    readonly maxInstances: Fact<number>;
    readonly maxWatches: Fact<number>;
  };
  readonly mounts: Fact<readonly Mount[]>;
  readonly runtimeDirectory: Directory & {
    /** Left: others may put files of theirs into it. One that is not there yet is safe. */
    readonly safe: Fact<void>;
  };
  /** null: no event log is wanted. */
  readonly stateDirectory:
    | (Directory & {
        /** Why others decide what lies in it; null: they do not. */
        readonly foreign: string | null;
      })
    | null;
  /** null: none is named. Right: its mode, as in stat(2). */
  readonly tokenFile: { readonly path: string; readonly mode: Fact<number> } | null;
  /** A password of Postgres stands among the arguments of this process. */
  readonly passwordInArguments: boolean;
  /** Absolute paths; null where there is no such program. */
  readonly programs: {
    readonly sh: string | null;
    readonly mount: string | null;
    readonly systemdNotify: string | null;
  };
}
