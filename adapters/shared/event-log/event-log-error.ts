/** Why a log cannot be read, with the place: the message of exit code 2 of `vm-monitor replay`. */
export class EventLogError extends Error {
  override readonly name = 'EventLogError';

  /** `line` counts from 1; 0 when the whole file is meant. */
  constructor(
    readonly file: string,
    readonly line: number,
    readonly reason: string,
  ) {
    super(line === 0 ? `${file}: ${reason}` : `${file}:${line}: ${reason}`);
  }
}
