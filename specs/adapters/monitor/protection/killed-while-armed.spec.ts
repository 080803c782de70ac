/** Rule R3 for limits: wherever we die or hang, they are lifted. On a fake tree, with real processes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { restoreSync } from '../../../../adapters/monitor/protection/restore';
import { eventually } from '../../../support/eventually';
import { everyStep, type Struck } from '../../../support/every-step';
import { limitsOf } from '../../../support/protection-tree';

const script = join(__dirname, 'armed-scenario.ts');
const FREE = { high: 'max', max: 'max' };
/** Arming takes 7 steps, lifting 3. */
const LEAST_STEPS = 3 * 7 + 2 * 3;

const guardLifts = async ({ tree }: Struck): Promise<void> => {
  await eventually(() => limitsOf(tree), FREE);
};

/** What the next start does at the least. */
const restored = ({ tree }: Struck): Promise<void> => {
  const { failed } = restoreSync({ paths: tree.paths, files: tree.undoFiles, mode: 'ours' });
  expect(failed).toEqual([]);
  expect(limitsOf(tree)).toEqual(FREE);
  expect(existsSync(tree.paths.intentFile)).toBe(false);
  return Promise.resolve();
};

describe('a monitor that arms, moves and lifts its limits', () => {
  it('is killed at any step: the watchdog process lifts', async () => {
    const steps = await everyStep({ script, fate: { signal: 'SIGKILL', watchdog: 'lives' }, check: guardLifts });
    expect(steps).toBeGreaterThanOrEqual(LEAST_STEPS);
  }, 120_000);

  it('is stopped at any step: the watchdog process lifts', async () => {
    const steps = await everyStep({ script, fate: { signal: 'SIGSTOP', watchdog: 'lives' }, check: guardLifts });
    expect(steps).toBeGreaterThanOrEqual(LEAST_STEPS);
  }, 120_000);

  it('is killed at any step together with its watchdog process: the next start lifts', async () => {
    const steps = await everyStep({ script, fate: { signal: 'SIGKILL', watchdog: 'dies' }, check: restored });
    expect(steps).toBeGreaterThanOrEqual(LEAST_STEPS);
  }, 120_000);
});
