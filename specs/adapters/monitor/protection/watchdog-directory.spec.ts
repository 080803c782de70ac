/** Where a watchdog process and its monitor keep their files: nowhere that others may write. */
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Watchdog } from '../../../../adapters/monitor/protection/watchdog';
import { leftOf, rightOf } from '../../../support/either';
import type { ProtectionTree } from '../../../support/protection-tree';
import { disposeTrees, newTree } from './support';

let tree: ProtectionTree;
let watchdog: Watchdog | null;

beforeEach(() => {
  tree = newTree();
  watchdog = null;
});
afterEach(async () => {
  await watchdog?.stop();
  await disposeTrees();
});

const tryToStart = (): ReturnType<typeof Watchdog.start> =>
  Watchdog.start({ paths: tree.paths, session: 'this-run', onLifted: () => undefined, onLost: () => undefined });
const start = async (): Promise<Watchdog> => (watchdog = rightOf(await tryToStart()));

it('the directory is made if it is not there, for us alone, also when it is gone again', async () => {
  rmSync(tree.runtimeDirectory, { recursive: true });
  const started = await start();
  expect(statSync(tree.runtimeDirectory).mode & 0o777).toBe(0o700);
  rmSync(tree.runtimeDirectory, { recursive: true });
  rightOf(await started.watch());
  expect(readFileSync(tree.paths.heartbeatFile, 'utf8')).toMatch(/^watch /);
});

it('there is no watchdog process where others may write', async () => {
  chmodSync(tree.runtimeDirectory, 0o777);
  expect(leftOf(await tryToStart())).toBe(`${tree.runtimeDirectory}: others may write it (expected mode 0755 or less)`);
  expect(readdirSync(tree.runtimeDirectory)).toEqual([]);
});

it('nothing is watched when the name of the directory has been taken since', async () => {
  const started = await start();
  rmSync(tree.runtimeDirectory, { recursive: true });
  writeFileSync(tree.runtimeDirectory, '');
  expect(leftOf(await started.watch())).toBe(`${tree.runtimeDirectory}: is no directory`);
});

it('nothing is watched when others may write the directory by now', async () => {
  const started = await start();
  chmodSync(tree.runtimeDirectory, 0o777);
  expect(leftOf(await started.watch())).toContain('others may write it');
  expect(readdirSync(tree.runtimeDirectory)).toEqual([]);
});
