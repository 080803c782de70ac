/** What is undone on which occasion (rule R3). */

/**
 * - `ours`: what our note says is ours, and nothing else. For observe mode, which may write nothing but
 *   must not leave what a monitor before it put in place; and for every orderly exit, which knows that
 *   whatever is not in the note is not ours.
 * - `start`: before a monitor writes limits. A predecessor may have died together with its note (a
 *   reboot of the container, another runtime directory), so nothing stays that hurts Postgres now; a
 *   limit of somebody else that does not hurt is left, and reported.
 * - `everything`: `vm-monitor thaw`. An operator or the service manager wants the cgroup free.
 */
export type RestoreMode = 'ours' | 'start' | 'everything';

/** What happens to a limit that the note does not call ours. */
export type ForeignRule = 'leave' | 'leave if safe' | 'lift';

export interface ModeRules {
  readonly foreignLimits: ForeignRule;
  /** Whether the managed cgroup is thawed. No monitor freezes it, so it is not ours by any note. */
  readonly thaws: boolean;
  /** Which throttle cgroup is emptied and removed: the one in our note, or any. */
  readonly throttleCgroup: 'noted' | 'any';
}

/**
 * | mode       | limit in our note | other limit                                   | cgroup.freeze | throttle cgroup |
 * | ---------- | ----------------- | --------------------------------------------- | ------------- | -------- |
 * | ours       | lifted            | left, reported                                | left          | if noted |
 * | start      | lifted            | left, reported if ≥ use + 64 MiB, else lifted | 0             | undone   |
 * | everything | lifted            | lifted                                        | 0             | undone   |
 *
 * Use is what the limit must stay clear of: of memory.high memory.current, of memory.max what cannot be
 * reclaimed (cgroup-use.ts).
 *
 * In every mode the shared memory of our note gets its old size again. A note that cannot be understood
 * may stand for anything, so the whole row of `everything` holds then; only the old size of the shared
 * memory is lost with it.
 */
export const MODES: Readonly<Record<RestoreMode, ModeRules>> = {
  ours: { foreignLimits: 'leave', thaws: false, throttleCgroup: 'noted' },
  start: { foreignLimits: 'leave if safe', thaws: true, throttleCgroup: 'any' },
  everything: { foreignLimits: 'lift', thaws: true, throttleCgroup: 'any' },
};
