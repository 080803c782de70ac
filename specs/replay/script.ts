/**
 * A log as a script that one can read: a line an input, with what it changes in the statechart and what is put out.
 * Inputs that change nothing and put nothing out are counted.
 */
import * as E from 'fp-ts/Either';
import { readLog } from '../../adapters/shared/event-log/read';
import type { Folding, LogRole } from '../../machines/shared/core/replay';
import { isHead, type Typed } from '../../machines/shared/events/envelope';
import { textOf } from './script-texts';

/** The states of all regions, by name. */
export type Regions = Readonly<Record<string, string>>;

/** What a script shows of a log. */
export interface Showing<Input extends Typed, Output extends Typed> {
  readonly role: LogRole<Input, Output>;
  /** From the form in which heads bear the state. */
  readonly regionsOf: (saved: unknown) => Regions;
  /** Inputs of these types are counted, where nothing but routine comes of them. */
  readonly routineInputs: ReadonlySet<string>;
  readonly routineRegions: ReadonlySet<string>;
  readonly isRoutine: (output: Output) => boolean;
  /** Says that `count` inputs were left out, of which `last` was the last. */
  readonly summary: (count: number, last: Input) => string;
}

const INPUT_WIDTH = 50;
const STATE_WIDTH = 46;

const timeText = (at: number): string => `${(at / 1000).toFixed(3).padStart(8)} s`;

const lineText = (...[at, input, states, outputs]: [number, string, readonly string[], readonly string[]]): string =>
  `${timeText(at)}  ${input.padEnd(INPUT_WIDTH)}  ${states.join(', ').padEnd(STATE_WIDTH)}  ${outputs.join('; ')}`.trimEnd();

const changesOf = (before: Regions, after: Regions): readonly string[] =>
  Object.keys(after).filter((name) => after[name] !== before[name]);

/** A line of one VM need not name it again. */
const withoutVm = (event: Typed, text: string): string => {
  const vm = 'vm' in event ? String(event.vm) : '';
  return vm !== '' && text.startsWith(vm) ? text.slice(vm.length).replace(/^:? /, '') : text;
};

/** A log that is being folded, and the lines that its script has so far. */
class Telling<Input extends Typed, Output extends Typed> {
  readonly lines: string[] = [];
  private regions: Regions = {};
  private skipped = 0;
  private last: Input | null = null;

  constructor(private readonly shown: Showing<Input, Output>) {}

  /** A head: what is folded begins anew. */
  opens(at: number, folding: Folding<Input, Output>): void {
    this.regions = this.shown.regionsOf(folding.saved());
    this.says(lineText(at, 'log.opened', [], []));
  }

  takes(at: number, event: Input, folding: Folding<Input, Output>): void {
    const outputs = folding.fold(at, event);
    const before = this.regions;
    this.regions = this.shown.regionsOf(folding.saved());
    const changed = changesOf(before, this.regions);
    if (this.isRoutine(event, changed, outputs)) {
      this.skipped += 1;
      this.last = event;
      return;
    }
    const states = changed.map((name) =>
      withoutVm(event, `${name}: ${String(before[name])} → ${String(this.regions[name])}`),
    );
    const done = outputs.map((output) => withoutVm(event, textOf(output)));
    this.says(lineText(at, textOf(event), states, done));
  }

  ends(): string {
    this.counts();
    return this.lines.map((line) => `${line}\n`).join('');
  }

  private isRoutine(event: Input, changed: readonly string[], outputs: readonly Output[]): boolean {
    const { routineInputs, routineRegions, isRoutine } = this.shown;
    return (
      routineInputs.has(event.type) && changed.every((name) => routineRegions.has(name)) && outputs.every(isRoutine)
    );
  }

  private counts(): void {
    if (this.last !== null) this.lines.push(`${' '.repeat(12)}… ${this.shown.summary(this.skipped, this.last)}`);
    this.skipped = 0;
    this.last = null;
  }

  private says(line: string): void {
    this.counts();
    this.lines.push(line);
  }
}

/** The script of the log at `path`, as today's core folds it. */
export const scriptOf = async <Input extends Typed, Output extends Typed>(
  path: string,
  shown: Showing<Input, Output>,
): Promise<string> => {
  const { role } = shown;
  const telling = new Telling(shown);
  let folding: Folding<Input, Output> | null = null;
  for await (const { at, event } of readLog(path, role.line)) {
    if (isHead(event)) {
      const opened = role.open(event);
      if (E.isLeft(opened)) throw new Error(opened.left);
      folding = opened.right;
      telling.opens(at, folding);
    } else if (folding !== null && !role.isOutput(event)) telling.takes(at, event, folding);
  }
  return telling.ends();
};
