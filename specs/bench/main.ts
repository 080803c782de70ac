/**
 * `make bench` runs all benchmarks, `make bench ARGS="replay week"` those named. Figures only: a missed
 * target is said and is no failure; a benchmark that cannot be run ends the process with 1.
 */
import { removeTempDirs } from '../support/event-log';
import { latency } from './latency';
import { logSize } from './log-size';
import { machineText } from './machine';
import { policies } from './policies';
import { recovery } from './recovery';
import { replay } from './replay';
import { rowText, type Bench } from './row';
import { sampling } from './sampling';
import { week } from './week';

const BENCHES: ReadonlyMap<string, Bench> = new Map([
  ['latency', latency],
  ['sampling', sampling],
  ['replay', replay],
  ['policies', policies],
  ['log-size', logSize],
  ['recovery', recovery],
  ['week', week],
]);

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const benchNamed = (name: string): Bench => {
  const bench = BENCHES.get(name);
  if (bench === undefined) throw new Error(`no benchmark ${name}; there are ${[...BENCHES.keys()].join(', ')}`);
  return bench;
};

const run = async (names: readonly string[]): Promise<void> => {
  const wanted = names.map((name) => ({ name, bench: benchNamed(name) }));
  print(machineText());
  for (const { name, bench } of wanted) {
    const begunAt = performance.now();
    const rows = await bench();
    print(`\n${name} (took ${((performance.now() - begunAt) / 1000).toFixed(0)} s)`);
    for (const row of rows) print(rowText(row));
  }
};

const named = process.argv.slice(2);
run(named.length > 0 ? named : [...BENCHES.keys()])
  .catch((error: unknown) => {
    print(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exitCode = 1;
  })
  .finally(removeTempDirs);
