/** The watchdog process as a process of its own: how it comes into force, what it costs, and its loss. */
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
import { Watchdog } from '../../../../adapters/monitor/protection/watchdog';
import { IntentRecords } from '../../../../adapters/monitor/protection/intent-records';
import { MIB } from '../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../support/either';
import { eventually } from '../../../support/eventually';
import type { ProtectionTree } from '../../../support/protection-tree';
import { disposeTrees, newTree } from './support';

const PATH = process.env['PATH'];
const session = 'this-run';

let tree: ProtectionTree;
let guards: Watchdog[];
let lifted: string[];
let lost: string[];

beforeEach(() => {
  tree = newTree();
  process.env['PATH'] = `${tree.commands}:${PATH ?? ''}`;
  [guards, lifted, lost] = [[], [], []];
});

afterEach(async () => {
  await Promise.all(guards.map((watchdog) => watchdog.stop()));
  process.env['PATH'] = PATH;
  await disposeTrees();
});

const start = async (): Promise<Watchdog> => {
  const watchdog = rightOf(
    await Watchdog.start({
      paths: tree.paths,
      session,
      onLifted: (reason) => lifted.push(reason),
      onLost: (reason) => lost.push(reason),
    }),
  );
  guards.push(watchdog);
  return watchdog;
};

const ledgerOf = (watchdog: Watchdog): IntentRecords =>
  new IntentRecords({ intentFile: tree.paths.intentFile, files: tree.files, watchdog, session });

/** Arms as CgroupLimits does, with less ado. */
const arm = async (watchdog: Watchdog): Promise<void> => {
  rightOf(await ledgerOf(watchdog).record({ highBytes: [4096] }));
  tree.set('memory.high', '4096\n');
};

const heartbeat = (): string => readFileSync(tree.paths.heartbeatFile, 'utf8');

/** A command that the watchdog process uses, in our words. */
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

describe('a watchdog process', () => {
  it('is in force when watch resolves, and the heart beats from then on', async () => {
    const watchdog = await start();
    rightOf(await watchdog.watch());
    const first = heartbeat();
    expect(first).toMatch(/^watch 0000000001 \d{10}\n$/);
    await eventually(() => heartbeat() === first, false);
    rightOf(await watchdog.watch());
    expect(heartbeat()).toMatch(/^watch 0000000001 /);
  });

  it('is told to rest some time after the last of those who watched rests', async () => {
    const watchdog = await start();
    await watchdog.watch();
    await watchdog.watch();
    watchdog.rest();
    watchdog.rest();
    expect(heartbeat()).toMatch(/^watch /);
    await eventually(() => heartbeat().slice(0, 5), 'rest ');
    rightOf(await watchdog.watch());
    expect(heartbeat()).toMatch(/^watch 0000000002 /);
  });

  it('stays in force for one that watches while another rests', async () => {
    const watchdog = await start();
    await watchdog.watch();
    await watchdog.watch();
    watchdog.rest();
    await arm(watchdog);
    hangUntil(() => tree.read('memory.high') === 'max');
    expect(tree.read('memory.high')).toBe('max');
  });

  it('is not told to rest more often than to watch', async () => {
    const watchdog = await start();
    expect(() => {
      watchdog.rest();
    }).toThrow('more often than to watch');
  });

  it('lifts when the event loop hangs, and says so once', async () => {
    const watchdog = await start();
    await arm(watchdog);
    hangUntil(() => tree.read('memory.high') === 'max');
    expect(tree.read('memory.high')).toBe('max');
    await eventually(() => lifted, ['the monitor gave no sign of life for 500 ms']);
  });

  it('lifts when the runtime directory is swept under it', async () => {
    const watchdog = await start();
    await arm(watchdog);
    rmSync(tree.paths.heartbeatFile);
    await eventually(() => tree.read('memory.high'), 'max');
  });

  it('undoes what is left when it is stopped, and ends', async () => {
    const watchdog = await start();
    await arm(watchdog);
    await watchdog.stop();
    await eventually(() => tree.read('memory.high'), 'max');
    expect(lost).toEqual([]);
  });

  it('ends when it is stopped with nothing in place', async () => {
    const watchdog = await start();
    await watchdog.watch();
    watchdog.rest();
    const { pid } = watchdog;
    await watchdog.stop();
    expect(watchdog.pid).toBeNull();
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
    expect(lost).toEqual([]);
  });
});

describe('the process of a watchdog', () => {
  it('takes less than 1 MiB of its own, resting and watching', async () => {
    const watchdog = await start();
    const ownBytes = (): number => {
      const rollup = readFileSync(`/proc/${watchdog.pid!}/smaps_rollup`, 'utf8');
      return [...rollup.matchAll(/^Private_\w+: +(\d+) kB$/gm)].reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0);
    };
    expect(ownBytes()).toBeGreaterThan(0);
    expect(ownBytes()).toBeLessThan(MIB);
    await watchdog.watch();
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
    const watchdog = await start();
    const { pid } = watchdog;
    process.kill(pid!, signal);
    rightOf(await watchdog.watch());
    expect(watchdog.pid).toBe(pid);
  });
});

describe('without a watchdog process', () => {
  it('nothing is watched: it could not be started', async () => {
    command('sleep', 'exit 1');
    const started = await Watchdog.start({
      paths: tree.paths,
      session,
      onLifted: () => undefined,
      onLost: (reason) => lost.push(reason),
    });
    expect(leftOf(started)).toBe('no watchdog process: it ended with status 1');
    expect(lost).toEqual([]);
  });

  it('nothing is watched: it does not answer', async () => {
    const watchdog = await start();
    process.kill(watchdog.pid!, 'SIGSTOP');
    expect(leftOf(await watchdog.watch())).toBe(
      'the watchdog process did not answer "watching 0000000001" within 1000 ms',
    );
    expect(heartbeat()).toMatch(/^rest /);
    process.kill(watchdog.pid!, 'SIGCONT');
    rightOf(await watchdog.watch());
  });

  it('nothing is watched: the heart has no place', async () => {
    mkdirSync(tree.paths.heartbeatFile);
    const watchdog = await start();
    expect(leftOf(await watchdog.watch())).toMatch(/heartbeat-[0-9a-f]{16}: EISDIR/);
  });

  it('its loss is told at once, nothing is watched, and another one is started', async () => {
    const watchdog = await start();
    rightOf(await watchdog.watch());
    const { pid } = watchdog;
    process.kill(pid!, 'SIGKILL');
    await eventually(() => lost, ['it was ended by SIGKILL']);
    expect(leftOf(await watchdog.watch())).toBe('no watchdog process: it was ended by SIGKILL');
    await eventually(() => watchdog.pid !== null && watchdog.pid !== pid, true);
    rightOf(await watchdog.watch());
  });

  it('that cannot start a process any more, what is in place is lifted', async () => {
    command('sleep', '[ ! -e "$0.broken" ] && exec /bin/sleep "$@"');
    const watchdog = await start();
    await arm(watchdog);
    writeFileSync(join(tree.commands, 'sleep.broken'), '');
    await eventually(() => lost, ['it ended with status 1']);
    expect(tree.read('memory.high')).toBe('max');
  });
});
