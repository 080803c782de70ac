/** Exit status of every command. */
export const EXIT = {
  ok: 0,
  /** The work failed. */
  failed: 1,
  /** It was not understood what to do: unknown command or key, bad value, unreadable log. */
  refused: 2,
} as const;
