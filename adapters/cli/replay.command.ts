/** `vm-monitor replay LOG [--json] [--allow-redecided]`: folds a log again and compares. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { errorText } from '../../machines/error-text';
import { JSON_OUTPUT } from '../config/common-flags';
import { toggle, type ValuesOf } from '../config/flag';
import { splitArguments } from '../config/from-arguments';
import { readFlags } from '../config/given';
import { formatSize } from '../logging/frame-lines';
import { replayEventLog, type ReplayListener, type ReplaySummary } from '../replay';
import { describeDivergence } from '../replay/describe';
import { EXIT } from './exit-status';
import type { Terminal } from './terminal';

/** Beside LOG, the file or directory. */
export const REPLAY_FLAGS = {
  json: JSON_OUTPUT,
  allowRedecided: toggle({ help: 'exit 0 also when another build, whose log this is, has decided otherwise' }),
};

interface ReplayArguments extends ValuesOf<typeof REPLAY_FLAGS> {
  readonly path: string;
}

const readArguments = (args: readonly string[]): Either<string, ReplayArguments> =>
  pipe(
    splitArguments(REPLAY_FLAGS, args),
    E.chain(({ source, positionals: [path, ...more] }) =>
      path === undefined || more.length > 0
        ? E.left('expected one LOG, a file or a directory')
        : E.map((flags: ValuesOf<typeof REPLAY_FLAGS>) => ({ ...flags, path }))(readFlags(REPLAY_FLAGS, source)),
    ),
  );

const jsonListener = ({ out }: Terminal): ReplayListener => ({
  decision: ({ seq, at, vm, desired, reason }) => {
    out(`${JSON.stringify({ seq, at, vm, desired, reason })}\n`);
  },
});

const textListener = ({ out }: Terminal): ReplayListener => ({
  decision: ({ seq, at, vm, desired, reason }) => {
    const who = vm === undefined ? '' : `${vm}: `;
    out(`${(at / 1000).toFixed(3)}s  #${seq}  ${who}${formatSize(desired)}  ${reason}\n`);
  },
});

/** What differs goes to stderr, so that stdout stays readable for programs. */
const tellTrouble = ({ err }: Terminal, summary: ReplaySummary): void => {
  for (const note of summary.notes) err(`${note}\n`);
  if (summary.first !== null) err(`first difference: ${describeDivergence(summary.first)}\n`);
};

const jsonSummary = ({ events, decisions, divergences, redecided }: ReplaySummary): string =>
  JSON.stringify({ events, decisions, divergences, ...(redecided > 0 ? { redecided } : {}) });

const textSummary = ({ events, decisions, divergences, redecided }: ReplaySummary): string =>
  `${events} events, ${decisions} decisions, ${divergences} divergences` +
  (redecided > 0 ? `, re-decided: ${redecided} (the log is of another build)` : '');

export const replayCommand = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const read = readArguments(args);
  if (E.isLeft(read)) {
    terminal.err(`vm-monitor replay: ${read.left}\n`);
    return EXIT.refused;
  }
  const { path, json, allowRedecided } = read.right;
  const listener = json ? jsonListener(terminal) : textListener(terminal);
  try {
    const summary = await replayEventLog(path, listener);
    tellTrouble(terminal, summary);
    terminal.out(`${json ? jsonSummary(summary) : textSummary(summary)}\n`);
    const differs = summary.divergences > 0 || (summary.redecided > 0 && !allowRedecided);
    return differs ? EXIT.failed : EXIT.ok;
  } catch (error) {
    terminal.err(`vm-monitor replay: ${errorText(error)}\n`);
    return EXIT.refused;
  }
};
