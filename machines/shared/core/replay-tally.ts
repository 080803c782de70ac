/** A whole log, line by line: what was decided in it, and where the fold differs from it. */
import type { LineOf, LogOpened, Typed } from '../events/envelope';
import type { Size } from '../events/size';
import { Replay, type Divergence, type LogRole } from './replay';

/** A size that was decided: the monitor's request, or what the agent gives one of its VMs. */
export interface LoggedDecision {
  readonly seq: number;
  readonly at: number;
  /** Only an agent decides for several. */
  readonly vm?: string;
  readonly desired: Size;
  readonly reason: string;
}

export interface ReplayCounts {
  /** Lines read. */
  readonly events: number;
  readonly decisions: number;
  /** Outputs of this build's own log that the fold did not produce alike. */
  readonly divergences: number;
  /** The same for lines that another build wrote. */
  readonly redecided: number;
}

/** What a decision of a role says. */
export type DecisionOf<Output> = (output: Output) => Omit<LoggedDecision, 'seq' | 'at'> | null;

/** What one line brought. */
export interface Tallied {
  readonly decision: LoggedDecision | null;
  readonly divergences: readonly Divergence<unknown>[];
}

export class ReplayTally<Input extends Typed, Output extends Typed> {
  readonly #replay: Replay<Input, Output>;
  #counts: ReplayCounts = { events: 0, decisions: 0, divergences: 0, redecided: 0 };

  /** @param build ours, to mark what another build has decided */
  constructor(
    role: LogRole<Input, Output>,
    private readonly decisionOf: DecisionOf<Output>,
    build: string,
  ) {
    this.#replay = new Replay(role, build);
  }

  get counts(): ReplayCounts {
    return this.#counts;
  }

  /** Throws ReplayError for a head that cannot be used. */
  take(line: LineOf<Input | Output | LogOpened>): Tallied {
    const { decided, divergences } = this.#replay.take(line);
    const made = decided === null ? null : this.decisionOf(decided);
    const ofOthers = divergences.filter(({ otherBuild }) => otherBuild).length;
    const { events, decisions, divergences: before, redecided } = this.#counts;
    this.#counts = {
      events: events + 1,
      decisions: decisions + (made === null ? 0 : 1),
      divergences: before + divergences.length - ofOthers,
      redecided: redecided + ofOthers,
    };
    return { decision: made === null ? null : { seq: line.seq, at: line.at, ...made }, divergences };
  }
}
