/**
 * `make bench-vm`: our monitor in a real VM beside what was there before, sides in turn in one boot. Options in ARGS:
 * --pairs N (default 10), --ramps N (20), --allocators N (100), --seed N. Figures only: a missed target is no failure.
 */
import { parseArgs } from 'node:util';
import { removeTempDirs } from '../../support/event-log';
import { stopCommands } from '../../support/command';
import { machineText } from '../../bench/machine';
import { stopGuests, type Guest } from '../harness';
import { breach, type Breach, type Cache } from './breach';
import { bootBenchGuest } from './guest';
import { bootSmallGuest, killsWhile, randomGrowths } from './kills';
import type { SideName } from './sides';
import { stall, type Handling } from './stall';
import { median, ratio, spread } from './table';

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '10' },
    ramps: { type: 'string', default: '20' },
    allocators: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
});

/** Runs the sides in turn, so that whatever the machine does meets all of them. */
const inTurn = async <Name extends string, A>(
  names: readonly Name[],
  pairs: number,
  run: (name: Name) => Promise<A>,
): Promise<(name: Name) => readonly A[]> => {
  const all = new Map<Name, A[]>(names.map((name) => [name, []]));
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const name of names) all.get(name)!.push(await run(name));
  }
  return (name) => all.get(name)!;
};

const REQUESTERS: readonly SideName[] = ['ours', 'reference'];

const compareBreach = async (guest: Guest, cache: Cache, pairs: number): Promise<void> => {
  const all = await inTurn<SideName, Breach>(REQUESTERS, pairs, (name) => breach(guest, name, cache));
  const of = (name: SideName, key: keyof Breach): readonly number[] => all(name).map((run) => run[key]);
  const [our, their] = [of('ours', 'requestMs'), of('reference', 'requestMs')];
  print(`\n150 MiB/s, page cache ${cache}, ${pairs} pairs`);
  print(
    `  breach to request    ours ${spread(our, 'ms')}; reference ${spread(their, 'ms')}; ours/reference ${ratio(median(our), median(their))}`,
  );
  print(
    `  left at the grant    ours ${spread(of('ours', 'leftMib'), 'MiB')}; reference ${spread(of('reference', 'leftMib'), 'MiB')}`,
  );
};

const HANDLINGS: readonly Handling[] = ['ours', 'ramp', 'nobody'];

const compareStall = async (guest: Guest, pairs: number): Promise<void> => {
  const all = await inTurn(HANDLINGS, pairs, (handling) => stall(guest, handling));
  const added = (handling: Handling): number => median(all(handling)) - median(all('nobody'));
  print(`\n1 GiB at 150 MiB/s, PSI full of the cgroup, ${pairs} rounds; the ramp is half as fast as the workload`);
  for (const handling of HANDLINGS) print(`  ${handling.padEnd(8)} ${spread(all(handling), 'ms')}`);
  print(`  added    ours/ramp ${ratio(added('ours'), added('ramp'))}`);
};

const RATES = [50, 100, 150] as const;

const countKills = async (guest: Guest, ramps: number, allocators: number, seed: number): Promise<void> => {
  let kills = 0;
  for (let n = 0; n < ramps; n += 1) {
    kills += await killsWhile(guest, { fromMib: 20, toMib: 1000, mibPerS: RATES[n % RATES.length]! });
  }
  print(`\nOOM kills: ${kills} in ${ramps} ramps of 50, 100 and 150 MiB/s from 20 to 1000 MiB in a VM of 512 MiB`);
  kills = 0;
  for (const growth of randomGrowths(seed, allocators)) {
    const killed = await killsWhile(guest, growth, '--protect full');
    if (killed > 0) print(`  killed: ${JSON.stringify(growth)}`);
    kills += killed;
  }
  print(`OOM kills: ${kills} in ${allocators} random allocators with --protect full, seed ${seed}`);
};

const run = async (): Promise<void> => {
  const [pairs, ramps, allocators, seed] = [values.pairs, values.ramps, values.allocators, values.seed].map(Number);
  const guest = await bootBenchGuest();
  print(`${machineText()}\nVM       ${guest.accelerator}`);
  for (const cache of ['empty', 'full'] as const) await compareBreach(guest, cache, pairs!);
  await compareStall(guest, pairs!);
  await guest.stop();
  await countKills(await bootSmallGuest(), ramps!, allocators!, seed!);
};

run()
  .catch((error: unknown) => {
    print(`bench-vm: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exitCode = 1;
  })
  .finally(async () => {
    await Promise.all([stopCommands(), stopGuests()]);
    removeTempDirs();
    process.exit();
  });
