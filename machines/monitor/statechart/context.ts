/**
 * The statechart's memory: plain JSON, small, with every instant as `at` milliseconds. It is written
 * to the head of each log segment, so nothing of XState's own may live here.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import { defaulted } from '../../shared/events/defaulted';
import { absentAsNull, nullable } from '../../shared/events/nullable';
import { CpuRequest } from '../events/outputs';
import { Size } from '../../shared/events/size';
import { PressureLevel } from '../memory/pressure-level';
import { Escalation } from '../protection/escalation';

/** What the statechart must know of the configuration. */
export const StatechartConfig = t.readonly(
  t.type({
    scaleRequests: t.keyof({ auto: null, always: null, never: null }),
    sizeFrom: t.keyof({ kernel: null, agent: null }),
    /** Postgres' file cache: none to size, or where it lies. */
    fileCache: t.keyof({ absent: null, memory: null, disk: null }),
    /** What may be done to the cgroup, each step with those before it; without a cgroup nothing. */
    protect: t.keyof({ observe: null, tripwire: null, throttle: null, full: null }),
    /** Whether memory.max is kept too. */
    hardLimit: t.boolean,
    /** Longest hold in any HOLD_WINDOW_MS. */
    throttleMaxMs: finite,
    /** Whether CPUs are brought online and taken offline as the size says. */
    hotplugCpus: defaulted(t.boolean, false),
  }),
);
export type StatechartConfig = t.TypeOf<typeof StatechartConfig>;

/** The guest's CPUs: what should be, what was last asked of the actuators, and how many came online by it. */
const Cpus = t.readonly(
  t.type({ wanted: nullable(CpuRequest), applied: nullable(CpuRequest), online: nullable(finite), failures: finite }),
);
const NO_CPUS: t.TypeOf<typeof Cpus> = { wanted: null, applied: null, online: null, failures: 0 };

/** A size that is not to be gone below before an instant. */
const Floor = t.readonly(t.type({ size: Size, until: finite }));
export type Floor = t.TypeOf<typeof Floor>;

/** What a shortage asked for, and what a shrink came from that use grew into. */
const Floors = t.readonly(t.type({ shortage: nullable(Floor), shrink: nullable(Floor) }));
export type Floors = t.TypeOf<typeof Floors>;
const NO_FLOORS: Floors = { shortage: null, shrink: null };

export const LackOf = t.keyof({ kernelZones: null, foreignLimit: null, fruitless: null });
/** A lack that no larger size mends: what it is for want of, and of which cgroup; `fruitless`: larger sizes came and did not help. */
export const Lack = t.readonly(t.type({ of: LackOf, path: nullable(t.string) }));
export type Lack = t.TypeOf<typeof Lack>;

/** The one agent connection (rule R8). */
export const AgentConnection = t.readonly(
  t.type({
    id: t.string,
    version: t.keyof({ '1.0': null, '1.1': null }),
    /** False until the agent's first frame, or 100 ms: a reference agent crashes on an earlier request of ours. */
    open: t.boolean,
    /** Id of our next own request: odd, from 3. */
    nextId: finite,
    /** Whether this agent obeys ScaleRequest; silence leaves it unknown, and makes it so again. `rejected` is for good. */
    scaleRequests: t.keyof({ unknown: null, obeyed: null, rejected: null }),
    /** The last size that this connection was asked for. */
    lastRequest: nullable(Size),
    /** The floor that was last told on this connection, with a ScaleRequest of v1.1; null: none. */
    toldFloor: absentAsNull(Size),
    /** Ids of our latest ScaleRequests, newest last, to know an InvalidMessage that answers one. */
    scaleRequestIds: t.readonlyArray(t.string),
    /** When malformed frames came, oldest first; at most one more than the limit is kept. */
    malformedAt: t.readonlyArray(finite),
    /** What this agent granted last, and how often more was asked for since (counted up to SHORT_GRANT_ASKS). */
    lastGrant: absentAsNull(t.readonly(t.type({ size: Size, requests: finite }))),
  }),
);
export type AgentConnection = t.TypeOf<typeof AgentConnection>;

export const MonitorContext = t.readonly(
  t.type({
    config: StatechartConfig,
    conn: nullable(AgentConnection),
    desired: nullable(Size),
    /** More memory is needed than the largest size gives: the end is near (protection goes by it). */
    capped: t.boolean,
    /** The windows are not full: no request below the granted size yet (rule R12). */
    retaining: t.boolean,
    /** What is desired is not to be requested: it would take away what must stay for now (rule R12). */
    withheld: defaulted(t.boolean, false),
    /** Below this size Postgres is short of memory; and how long until it is, when it was last judged short. */
    floor: nullable(Size),
    withinMs: nullable(finite),
    /** Last acknowledged size (rule R11). */
    granted: nullable(Size),
    /** The largest size and the time a grant takes, as the agent told them (VmInfo). */
    agentMax: nullable(Size),
    etaMs: nullable(finite),
    memory: PressureLevel,
    floors: defaulted(Floors, NO_FLOORS),
    lack: absentAsNull(Lack),
    /** A run of requests for one desired size; null when nothing is requested. */
    requesting: nullable(t.readonly(t.type({ since: finite, attempts: finite }))),
    lastRequestedAt: nullable(finite),
    denial: nullable(t.string),
    /** An approved shrink that is not over yet. */
    shrink: nullable(t.readonly(t.type({ from: Size, to: Size, since: finite }))),
    /** A DownscaleRequest that may be approved once the file cache has shrunk. */
    downscale: nullable(
      t.readonly(
        t.type({
          id: t.string,
          target: Size,
          /** The target's memory as it came (may exceed 2^53). */
          targetDigits: absentAsNull(t.string),
          /** What the file cache may keep; null: as in a state of an older build, what fits the size. */
          cacheBytes: absentAsNull(finite),
          /** Why the cache on disk is approved without; null: it has shrunk, or is waited for. */
          cacheTrouble: absentAsNull(t.string),
        }),
      ),
    ),
    fileCache: t.readonly(
      t.type({
        wantedBytes: nullable(finite),
        /** What the resize under way was asked for. */
        requestedBytes: nullable(finite),
        sizeBytes: nullable(finite),
        failures: finite,
        lastFailure: nullable(t.string),
      }),
    ),
    /** memory.high as an early warning: where it should stand, and where it was put; null: "max". */
    tripwire: t.readonly(t.type({ wantedBytes: nullable(finite), armedBytes: nullable(finite), failures: finite })),
    /** memory.max. */
    limits: t.readonly(t.type({ wantedBytes: nullable(finite), appliedBytes: nullable(finite), failures: finite })),
    escalation: Escalation,
    throttle: t.readonly(
      t.type({
        /** Holds of the last HOLD_WINDOW_MS, oldest first. */
        past: t.readonlyArray(t.readonly(t.type({ from: finite, until: finite }))),
        /** When the hold under way began. */
        since: nullable(finite),
        failures: finite,
        /** Others waited for those who were held last. */
        blocked: defaulted(t.boolean, false),
      }),
    ),
    shmCap: t.readonly(t.type({ failures: finite })),
    cpus: defaulted(Cpus, NO_CPUS),
  }),
);
export type MonitorContext = t.TypeOf<typeof MonitorContext>;

export const initialContext = (config: StatechartConfig): MonitorContext => ({
  config,
  conn: null,
  desired: null,
  capped: false,
  retaining: true,
  withheld: false,
  floor: null,
  withinMs: null,
  granted: null,
  agentMax: null,
  etaMs: null,
  memory: 'normal',
  floors: NO_FLOORS,
  lack: null,
  requesting: null,
  lastRequestedAt: null,
  denial: null,
  shrink: null,
  downscale: null,
  fileCache: { wantedBytes: null, requestedBytes: null, sizeBytes: null, failures: 0, lastFailure: null },
  tripwire: { wantedBytes: null, armedBytes: null, failures: 0 },
  limits: { wantedBytes: null, appliedBytes: null, failures: 0 },
  escalation: 'none',
  throttle: { past: [], since: null, failures: 0, blocked: false },
  shmCap: { failures: 0 },
  cpus: NO_CPUS,
});
