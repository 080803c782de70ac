/** One hour at 10 Hz, written by the live log writer, replayed within this process and by the command. */
import { execFileSync } from 'node:child_process';
import { replayEventLog } from '../../adapters/tools/replay';
import { MINUTE_MS } from '../../machines/shared/units';
import { tempDir } from '../support/event-log';
import { CLI, requireFreshBundle } from './child-monitor';
import { distributionOf, resolution } from './figures';
import { recordLog } from './recorded-log';
import { atMost, type Bench, type Row } from './row';
import { createWorkload } from './workload';

const BEAT_MS = 100;
const HOUR_MS = 60 * MINUTE_MS;
const ROUNDS = 9;
const TARGET_S = 1.5;

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begunAt = performance.now();
  await work();
  return (performance.now() - begunAt) / 1000;
};

const replayHere = async (dir: string): Promise<void> => {
  const { divergences, redecided, events } = await replayEventLog(dir);
  if (divergences + redecided > 0) throw new Error(`${divergences + redecided} of ${events} events replay differently`);
};

/** Throws unless the command exits with 0, that is, with 0 divergences. */
const replayByCommand = (dir: string): Promise<string> =>
  Promise.resolve(execFileSync(process.execPath, [CLI, 'replay', '--json', dir], { encoding: 'utf8' }));

const rowOf = async (name: string, note: string, work: () => Promise<unknown>): Promise<Row> => {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) seconds.push(await secondsOf(work));
  const spread = distributionOf(seconds);
  return atMost(TARGET_S, { name, value: spread.median, unit: 's', notes: [`${resolution(spread, 's')}; ${note}`] });
};

export const replay: Bench = async () => {
  requireFreshBundle();
  const dir = tempDir();
  await recordLog(dir, { durationMs: HOUR_MS, workload: createWorkload('busy'), intervalMs: () => BEAT_MS });
  return [
    await rowOf('replay of an hour at 10 Hz, replayEventLog', 'the first round not yet compiled', () =>
      replayHere(dir),
    ),
    await rowOf('replay of an hour at 10 Hz, vm-monitor replay', 'with the start of the process', () =>
      replayByCommand(dir),
    ),
  ];
};
