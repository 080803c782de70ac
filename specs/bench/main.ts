/**
 * `make bench` runs all benchmarks, `make bench ARGS="replay week"` those named. Figures only: a missed
 * target is said and is no failure; a benchmark that cannot be run ends the process with 1.
 */
import { removeTempDirs } from '../support/event-log';
import { digits } from './figures';
import { actuators } from './actuators';
import { latency } from './latency';
import { logSize } from './log-size';
import { machineText, yardstickNs } from './machine';
import { memory } from './memory';
import { policies } from './policies';
import { postgres } from './postgres';
import { recovery } from './recovery';
import { replay } from './replay';
import { rowText, type Bench } from './row';
import { sampling } from './sampling';
import { week } from './week';

const BENCHES: ReadonlyMap<string, Bench> = new Map([
  ['latency', latency],
  ['actuators', actuators],
  ['postgres', postgres],
  ['sampling', sampling],
  ['memory', memory],
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

const runOne = async (name: string, bench: Bench): Promise<void> => {
  const before = digits(yardstickNs());
  const begunAt = performance.now();
  const rows = await bench();
  const seconds = digits((performance.now() - begunAt) / 1000);
  print(`\n${name} (took ${seconds} s; yardstick ${before} ns before, ${digits(yardstickNs())} ns after)`);
  for (const row of rows) print(rowText(row));
};

const run = async (names: readonly string[]): Promise<void> => {
  const wanted = names.map((name) => ({ name, bench: benchNamed(name) }));
  print(machineText());
  for (const { name, bench } of wanted) await runOne(name, bench);
};

const named = process.argv.slice(2);
run(named.length > 0 ? named : [...BENCHES.keys()])
  .catch((error: unknown) => {
    print(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exitCode = 1;
  })
  .finally(() => {
    removeTempDirs();
    // A benchmark that failed may have left servers open, which would keep the process.
    process.exit();
  });
