/** `vm-monitor replay LOG [--json] [--allow-redecided]`: folds a log again and compares. */
import { parseArgs } from 'node:util';
import { errorText } from '../../machines/error-text';
import { formatSize } from '../logging/frame-lines';
import { replayEventLog, type ReplayListener, type ReplaySummary } from '../replay';
import { describeDivergence } from '../replay/describe';
import { EXIT } from './exit-status';
import type { Terminal } from './terminal';

interface ReplayArguments {
  readonly path: string;
  readonly json: boolean;
  readonly allowRedecided: boolean;
}

const readArguments = (args: readonly string[]): ReplayArguments | string => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, 'allow-redecided': { type: 'boolean', default: false } },
    });
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) return 'expected one LOG, a file or a directory';
    return { path, json: values.json, allowRedecided: values['allow-redecided'] };
  } catch (error) {
    return errorText(error);
  }
};

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
  if (typeof read === 'string') {
    terminal.err(`vm-monitor replay: ${read}\n`);
    return EXIT.refused;
  }
  const listener = read.json ? jsonListener(terminal) : textListener(terminal);
  try {
    const summary = await replayEventLog(read.path, listener);
    tellTrouble(terminal, summary);
    terminal.out(`${read.json ? jsonSummary(summary) : textSummary(summary)}\n`);
    const differs = summary.divergences > 0 || (summary.redecided > 0 && !read.allowRedecided);
    return differs ? EXIT.failed : EXIT.ok;
  } catch (error) {
    terminal.err(`vm-monitor replay: ${errorText(error)}\n`);
    return EXIT.refused;
  }
};
