/** /proc/stat; kernel doc filesystems/proc, section 1.7. */
import { type Either, isLeft, left, map, right } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import type { CpuTimes } from '../../../../streams/raw-sample';
import { type ParseError, missing } from '../../../shared/parse/parse-error';
import { afterKey, allFields, endOfWord, requiredField, skipBlanks, wholeNumberAt } from '../../../shared/parse/scan';

/** The kernel counts CPU time for user space in 1/100 s (USER_HZ) on all machines of ours. */
const TICK_MS = 10;

/** Columns of the line "cpu", in order. Guest time follows; it is contained in user and nice. */
const BUSY_COLUMNS = ['user', 'nice', 'system', 'irq', 'softirq'];
const COLUMNS = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];

const cpuTimes = (file: string, text: string): Either<ParseError, { busyMs: number; stealMs: number }> => {
  let busyMs = 0;
  let stealMs = 0;
  let at = afterKey(text, 'cpu ');
  if (at < 0) return left(missing(file, text, 'the line "cpu"'));
  for (const column of COLUMNS) {
    const value = wholeNumberAt(file, text, at, TICK_MS);
    if (isLeft(value)) return left({ ...value.left, message: `${value.left.message} of ${column}` });
    if (BUSY_COLUMNS.includes(column)) busyMs += value.right;
    if (column === 'steal') stealMs = value.right;
    at = endOfWord(text, skipBlanks(text, at));
  }
  return right({ busyMs, stealMs });
};

/** The kernel lists a line "cpuN" for each CPU that is online. */
const countCpus = (text: string): number => {
  let cpus = 0;
  for (let at = text.indexOf('\ncpu'); at >= 0; at = text.indexOf('\ncpu', at + 1)) cpus += 1;
  return cpus;
};

export const parseProcStat = (file: string, text: string): Either<ParseError, CpuTimes> => {
  const onlineCpus = countCpus(text);
  return pipe(
    allFields({
      times: cpuTimes(file, text),
      onlineCpus: onlineCpus === 0 ? left(missing(file, text, 'a line "cpu0"')) : right(onlineCpus),
      procsRunning: requiredField(file, text, 'procs_running '),
    }),
    map(({ times, ...rest }) => ({ ...times, ...rest })),
  );
};
