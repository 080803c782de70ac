/** The guard as a process of its own: how it comes into force, what it costs, and its loss. */
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Guard } from '../../../../adapters/monitor/protection/watchdog';
import { IntentLedger } from '../../../../adapters/monitor/protection/intent-records';
import { MIB } from '../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../support/either';
import { eventually } from '../../../support/eventually';
import type { ProtectionTree } from '../../../support/protection-tree';
import { disposeTrees, newTree } from './support';

const PATH = process.env['PATH'];
const session = 'this-run';

let tree: ProtectionTree;
let guards: Guard[];
let lifted: string[];
let lost: string[];

beforeEach(() => {
  tree = newTree();
  process.env['PATH'] = `${tree.commands}:${PATH ?? ''}`;
  [guards, lifted, lost] = [[], [], []];
});

afterEach(async () => {
  await Promise.all(guards.map((guard) => guard.stop()));
  process.env['PATH'] = PATH;
  await disposeTrees();
});

const start = async (): Promise<Guard> => {
  const guard = rightOf(
    await Guard.start({
      paths: tree.paths,
      session,
      onLifted: (reason) => lifted.push(reason),
      onLost: (reason) => lost.push(reason),
    }),
  );
  guards.push(guard);
  return guard;
};

const ledgerOf = (guard: Guard): IntentLedger =>
  new IntentLedger({ intentFile: tree.paths.intentFile, files: tree.files, guard, session });

/** Arms as CgroupLimits does, with less ado. */
const arm = async (guard: Guard): Promise<void> => {
  rightOf(await ledgerOf(guard).note({ highBytes: [4096] }));
  tree.set('memory.high', '4096\n');
};

const heart = (): string => readFileSync(tree.paths.heartFile, 'utf8');

/** A command that the guard uses, in our words. */
const command = (name: string, script: string): void => {
  const path = join(tree.commands, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
};

/** Holds up the event loop, as a hang does, until `holds`. */
const hangUntil = (holds: () => boolean): void => {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let looks = 0; looks < 500 && !holds(); looks += 1) Atomics.wait(clock, 0, 0, 20);
};

describe('a guard', () => {
  it('is in force when watch resolves, and the heart beats from then on', async () => {
    const guard = await start();
    rightOf(await guard.watch());
    const first = heart();
    expect(first).toMatch(/^watch 0000000001 \d{10}\n$/);
    await eventually(() => heart() === first, false);
    rightOf(await guard.watch());
    expect(heart()).toMatch(/^watch 0000000001 /);
  });

  it('is told to rest some time after the last of those who watched rests', async () => {
    const guard = await start();
    await guard.watch();
    await guard.watch();
    guard.rest();
    guard.rest();
    expect(heart()).toMatch(/^watch /);
    await eventually(() => heart().slice(0, 5), 'rest ');
    rightOf(await guard.watch());
    expect(heart()).toMatch(/^watch 0000000002 /);
  });

  it('stays in force for one that watches while another rests', async () => {
    const guard = await start();
    await guard.watch();
    await guard.watch();
    guard.rest();
    await arm(guard);
    hangUntil(() => tree.read('memory.high') === 'max');
    expect(tree.read('memory.high')).toBe('max');
  });

  it('is not told to rest more often than to watch', async () => {
    const guard = await start();
    expect(() => {
      guard.rest();
    }).toThrow('more often than to watch');
  });

  it('lifts when the event loop hangs, and says so once', async () => {
    const guard = await start();
    await arm(guard);
    hangUntil(() => tree.read('memory.high') === 'max');
    expect(tree.read('memory.high')).toBe('max');
    await eventually(() => lifted, ['the monitor gave no sign of life for 500 ms']);
  });

  it('lifts when the runtime directory is swept under it', async () => {
    const guard = await start();
    await arm(guard);
    rmSync(tree.paths.heartFile);
    await eventually(() => tree.read('memory.high'), 'max');
  });

  it('undoes what is left when it is stopped, and ends', async () => {
    const guard = await start();
    await arm(guard);
    await guard.stop();
    await eventually(() => tree.read('memory.high'), 'max');
    expect(lost).toEqual([]);
  });

  it('ends when it is stopped with nothing in place', async () => {
    const guard = await start();
    await guard.watch();
    guard.rest();
    const { pid } = guard;
    await guard.stop();
    expect(guard.pid).toBeNull();
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
    expect(lost).toEqual([]);
  });
});

describe('the process of a guard', () => {
  it('takes less than 1 MiB of its own, resting and watching', async () => {
    const guard = await start();
    const ownBytes = (): number => {
      const rollup = readFileSync(`/proc/${guard.pid!}/smaps_rollup`, 'utf8');
      return [...rollup.matchAll(/^Private_\w+: +(\d+) kB$/gm)].reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0);
    };
    expect(ownBytes()).toBeGreaterThan(0);
    expect(ownBytes()).toBeLessThan(MIB);
    await guard.watch();
    expect(ownBytes()).toBeLessThan(MIB);
  });

  it('has a session of its own, and keeps none of our files open, nor our output', async () => {
    const ours = openSync(tree.paths.intentFile, 'w');
    const { pid } = await start();
    closeSync(ours);
    const [, , , , sessionId] = readFileSync(`/proc/${pid!}/stat`, 'utf8').split(' ').slice(1);
    expect(sessionId).toBe(String(pid));
    const fileOf = (fd: string): string => readlinkSync(`/proc/${pid!}/fd/${fd}`);
    expect(readdirSync(`/proc/${pid!}/fd`).map(fileOf)).not.toContain(tree.paths.intentFile);
    expect(['0', '1', '2'].map(fileOf)).toEqual([
      expect.stringMatching(/^socket:/),
      expect.stringMatching(/^socket:/),
      '/dev/null',
    ]);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('outlives %s', async (signal) => {
    const guard = await start();
    const { pid } = guard;
    process.kill(pid!, signal);
    rightOf(await guard.watch());
    expect(guard.pid).toBe(pid);
  });
});

describe('without a guard', () => {
  it('nothing is watched: it could not be started', async () => {
    command('sleep', 'exit 1');
    const started = await Guard.start({
      paths: tree.paths,
      session,
      onLifted: () => undefined,
      onLost: (reason) => lost.push(reason),
    });
    expect(leftOf(started)).toBe('no guard: it ended with status 1');
    expect(lost).toEqual([]);
  });

  it('nothing is watched: it does not answer', async () => {
    const guard = await start();
    process.kill(guard.pid!, 'SIGSTOP');
    expect(leftOf(await guard.watch())).toBe('the guard did not say "watching 0000000001" within 1000 ms');
    expect(heart()).toMatch(/^rest /);
    process.kill(guard.pid!, 'SIGCONT');
    rightOf(await guard.watch());
  });

  it('nothing is watched: the heart has no place', async () => {
    mkdirSync(tree.paths.heartFile);
    const guard = await start();
    expect(leftOf(await guard.watch())).toMatch(/heart-[0-9a-f]{16}: EISDIR/);
  });

  it('its loss is told at once, nothing is watched, and another one is started', async () => {
    const guard = await start();
    rightOf(await guard.watch());
    const { pid } = guard;
    process.kill(pid!, 'SIGKILL');
    await eventually(() => lost, ['it was ended by SIGKILL']);
    expect(leftOf(await guard.watch())).toBe('no guard: it was ended by SIGKILL');
    await eventually(() => guard.pid !== null && guard.pid !== pid, true);
    rightOf(await guard.watch());
  });

  it('that cannot start a process any more, what is in place is lifted', async () => {
    command('sleep', '[ ! -e "$0.broken" ] && exec /bin/sleep "$@"');
    const guard = await start();
    await arm(guard);
    writeFileSync(join(tree.commands, 'sleep.broken'), '');
    await eventually(() => lost, ['it ended with status 1']);
    expect(tree.read('memory.high')).toBe('max');
  });
});
