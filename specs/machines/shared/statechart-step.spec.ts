/** The stepper against XState's public `transition`, which it stands for (see the measured reason there). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import type { StatechartConfig } from '../../../machines/monitor/statechart/context';
import { monitorMachine } from '../../../machines/monitor/statechart/monitor.machine';
import { stepperOf } from '../../../machines/shared/core/statechart-step';
import { SAMPLES } from '../../support/chart-events';
import { mulberry32 } from '../../support/prng';
import { pick } from '../../support/random';
import { ROOT } from '../../support/repository-root';

const STEPS = 200;

const CONFIG: StatechartConfig = {
  scaleRequests: 'auto',
  sizeFrom: 'kernel',
  fileCache: 'memory',
  protect: 'full',
  hardLimit: true,
  throttleMaxMs: 5000,
  hotplugCpus: true,
};

const plain = ({ value, context }: SnapshotFrom<typeof monitorMachine>): unknown => ({ value, context });

it.each([1, 2])('gives what transition() gives, over random events of seed %d', (seed) => {
  const random = mulberry32(seed);
  const events = Object.values(SAMPLES);
  const step = stepperOf(monitorMachine, CONFIG);
  let [snapshot] = initialTransition(monitorMachine, CONFIG);
  let outputs = 0;
  for (let at = 0; at < STEPS; at += 1) {
    const event = { ...pick(random, events), at: at * 100 };
    const [next, actions] = transition(monitorMachine, snapshot, event);
    const ours = step(snapshot, event);
    expect(plain(ours.snapshot)).toEqual(plain(next));
    const named = actions.filter(({ type }) => !type.startsWith('xstate.'));
    expect(ours.actions.map(({ type, params }) => ({ type, params }))).toEqual(
      named.map(({ type, params }) => ({ type, params })),
    );
    outputs += named.length;
    snapshot = next;
  }
  // The events do reach what acts.
  expect(outputs).toBeGreaterThan(STEPS / 10);
});

it('is the only place that steps a machine by other means than the public API', () => {
  const files = ['machines', 'adapters', 'streams'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  const steps = files.filter(
    (file) => file.endsWith('.ts') && /\w\.transition\(|actionExecutor/.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  expect(steps).toEqual(['machines/shared/core/statechart-step.ts']);
});
