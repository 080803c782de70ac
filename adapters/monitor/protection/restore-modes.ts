/** What is undone on which occasion (rule R3). */

export interface ModeRules {
  /** What happens to a limit that the note does not call ours; safe is 64 MiB above the use that it must stay clear of (cgroup-use.ts). */
  readonly foreignLimits: 'leave' | 'leave if safe' | 'lift';
  /** Whether the managed cgroup is thawed. No monitor freezes it, so it is not ours by any note. */
  readonly thaws: boolean;
  /** Which throttle cgroup is emptied and removed: the one in our note, or any. */
  readonly throttleCgroup: 'noted' | 'any';
}

/** In every mode what our note names is undone. */
export const MODES = {
  /**
   * Nothing else. For observe mode, which may write nothing but must not leave what a monitor before it put in place;
   * and for every orderly exit, which knows that whatever is not in the note is not ours.
   */
  ours: { foreignLimits: 'leave', thaws: false, throttleCgroup: 'noted' },
  /**
   * Before a monitor writes limits. A predecessor may have died together with its note (a reboot of the container,
   * another runtime directory), so nothing stays that hurts Postgres now; a limit of somebody else that does not hurt is
   * left, and reported.
   */
  start: { foreignLimits: 'leave if safe', thaws: true, throttleCgroup: 'any' },
  /**
   * `vm-monitor thaw`: an operator or the service manager wants the cgroup free. And in every mode where a note cannot
   * be understood: it may stand for anything. Only the old size of the shared memory is lost with it.
   */
  everything: { foreignLimits: 'lift', thaws: true, throttleCgroup: 'any' },
} as const satisfies Readonly<Record<string, ModeRules>>;

export type RestoreMode = keyof typeof MODES;
