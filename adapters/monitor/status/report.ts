/** What a running monitor reports to `vm-monitor status`: one JSON document. Null: not known. */
import * as t from 'io-ts';
import { absentAsNull, nullable } from '../../../machines/shared/events/nullable';
import { Size } from '../../../machines/shared/events/size';
import { GrantLatency } from '../../../machines/monitor/engine/grant-latency';
import { Lack } from '../../../machines/monitor/statechart/context';
import { PressureLevel } from '../../../machines/monitor/memory/pressure-level';
import { ProtectionStats } from '../../../machines/monitor/protection/stats';

export const StatusReport = t.readonly(
  t.type({
    /** ms since the event log began: finds the place there. */
    at: t.number,
    /** The same moment as ISO 8601, UTC. */
    wallClock: t.string,
    build: t.string,
    /** HOST:PORT where agents connect. */
    address: t.string,
    /** Name of the managed cgroup; null: none. */
    cgroup: nullable(t.string),
    size: t.readonly(
      t.type({
        /** What the monitor has decided for. */
        desired: nullable(Size),
        /** Last acknowledged by the agent. */
        granted: nullable(Size),
        /** What the kernel shows. */
        observed: nullable(Size),
      }),
    ),
    /** The last decision's sentence. */
    reason: nullable(t.string),
    whyNotSmaller: t.string,
    whyNotLarger: t.string,
    memory: t.readonly(
      t.type({
        pressureLevel: PressureLevel,
        /** What the kernel will still give, less a reserve; negative once that is touched. */
        runwayBytes: nullable(t.number),
        /** When the runway is used up at the present growth; null also when nothing grows. */
        exhaustionMs: nullable(t.number),
        /** What ends and no larger size mends; null: nothing. */
        lack: absentAsNull(Lack),
      }),
    ),
    /** The state of each region of the statechart, nested states joined by a dot. */
    regions: t.readonly(t.record(t.string, t.string)),
    fileCache: t.readonly(t.type({ sizeBytes: nullable(t.number), lastFailure: nullable(t.string) })),
    /** Limits of ours that stand now; null: none. */
    limits: t.readonly(t.type({ tripwireBytes: nullable(t.number), hardLimitBytes: nullable(t.number) })),
    /** What a monitor before has left and cannot be undone yet, and why; null: nothing. */
    notUndone: absentAsNull(t.string),
    /** Names of what cannot be read or reached at present. */
    missing: t.readonlyArray(t.string),
    /** Learned times from a request to the size being observed. */
    grants: GrantLatency,
    protection: ProtectionStats,
  }),
);
export type StatusReport = t.TypeOf<typeof StatusReport>;
