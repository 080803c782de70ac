/** `vm-monitor replay LOG [flags]`: folds a log again and compares. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { errorText } from '../../machines/shared/error-text';
import { JSON_OUTPUT } from '../shared/config/common-flags';
import { optional, toggle, type ValuesOf } from '../../machines/shared/config/flag';
import { splitArguments } from '../shared/config/from-arguments';
import { readFlags } from '../../machines/shared/config/given';
import { lastWallClockMs } from '../shared/event-log/read';
import { formatSize } from '../../machines/shared/format';
import { printable } from '../shared/logging/printable';
import { describeDivergence, replayEventLog, type Decision, type ReplaySummary } from '../tools/replay';
import { isWithin, moment, windowOf, type Window } from '../tools/replay/moment';
import { EXIT, refuse, type Terminal } from './command';

/** Ctrl-C, or whoever ends it, ends the following in order: with its summary. */
const stopSignal = (): AbortSignal => {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'])
    process.once(name, () => {
      stop.abort();
    });
  return stop.signal;
};

/** Beside LOG, the file or directory. */
export const REPLAY_FLAGS = {
  json: JSON_OUTPUT,
  since: optional(
    {
      value: 'MOMENT',
      default: 'none',
      help: 'show decisions from then on: wall clock (UTC; ISO 8601 or HH:MM[:SS]) or seconds of the log',
    },
    moment,
  ),
  until: optional(
    { value: 'MOMENT', default: 'none', help: 'show decisions up to then; the whole log is compared' },
    moment,
  ),
  follow: toggle({ help: 'wait at the end of the log for more, until SIGINT or SIGTERM' }),
  allowRedecided: toggle({ help: 'exit 0 also when another build, whose log this is, has decided otherwise' }),
};

interface ReplayArguments extends ValuesOf<typeof REPLAY_FLAGS> {
  readonly path: string;
}

const readArguments = (args: readonly string[]): E.Either<string, ReplayArguments> =>
  pipe(
    splitArguments(REPLAY_FLAGS, args),
    E.chain(({ source, positionals: [path, ...more] }) =>
      path === undefined || more.length > 0
        ? E.left('expected one LOG, a file or a directory')
        : E.map((flags: ValuesOf<typeof REPLAY_FLAGS>) => ({ ...flags, path }))(readFlags(REPLAY_FLAGS, source)),
    ),
  );

const jsonDecision = ({ seq, at, vm, desired, reason }: Decision): string =>
  JSON.stringify({ seq, at, vm, desired, reason });

const textDecision = ({ seq, at, wallClockMs, vm, desired, reason }: Decision): string => {
  const wallClock = wallClockMs === null ? 'no wall clock' : new Date(wallClockMs).toISOString();
  const who = vm === undefined ? '' : `${vm}: `;
  return printable(`${(at / 1000).toFixed(3)}s  ${wallClock}  #${seq}  ${who}${formatSize(desired)}  ${reason}`);
};

/** The end of the log is looked for only where a time of day needs it. */
const shownWindow = async ({ path, since, until }: ReplayArguments): Promise<Window> => {
  const isTimeOfDay = [since, until].some((named) => named?.kind === 'timeOfDay');
  return windowOf(since, until, isTimeOfDay ? await lastWallClockMs(path) : null);
};

/** What differs goes to stderr, so that stdout stays readable for programs. */
const tellTrouble = ({ err }: Terminal, summary: ReplaySummary): void => {
  for (const note of summary.notes) err(`${printable(note)}\n`);
  if (summary.first !== null) err(`first difference: ${printable(describeDivergence(summary.first))}\n`);
};

const jsonSummary = ({ events, decisions, divergences, redecided }: ReplaySummary): string =>
  JSON.stringify({ events, decisions, divergences, ...(redecided > 0 ? { redecided } : {}) });

const textSummary = ({ events, decisions, divergences, redecided }: ReplaySummary): string =>
  `${events} events, ${decisions} decisions, ${divergences} divergences` +
  (redecided > 0 ? `, re-decided: ${redecided} (the log is of another build)` : '');

export const replayCommand = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const read = readArguments(args);
  if (E.isLeft(read)) return refuse(terminal, 'vm-monitor replay', printable(read.left));
  const { path, json, allowRedecided, follow } = read.right;
  try {
    const shown = await shownWindow(read.right);
    const onDecision = (made: Decision): void => {
      if (isWithin(made, shown)) terminal.out(`${json ? jsonDecision(made) : textDecision(made)}\n`);
    };
    const summary = await replayEventLog(path, { onDecision, ...(follow ? { followUntil: stopSignal() } : {}) });
    tellTrouble(terminal, summary);
    terminal.out(`${json ? jsonSummary(summary) : textSummary(summary)}\n`);
    const differs = summary.divergences > 0 || (summary.redecided > 0 && !allowRedecided);
    return differs ? EXIT.failed : EXIT.ok;
  } catch (error) {
    return refuse(terminal, 'vm-monitor replay', printable(errorText(error)));
  }
};
