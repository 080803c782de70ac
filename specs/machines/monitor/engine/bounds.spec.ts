/** Whatever the agent says and whatever the VM measures: what is requested is whole units within the bounds (rule R6). */
import { isLeft, left } from 'fp-ts/Either';
import { LARGEST_SIZE } from '../../../../machines/shared/events/size';
import { engineFor, restartFrom, saveState } from '../../../../machines/monitor/engine/save';
import { GIB, MINUTE_MS, SECOND_MS } from '../../../../machines/shared/units';
import { obeying } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { matching } from '../../../support/matching';
import { expectRulesKept, story } from '../../../support/scenario';

afterEach(expectRulesKept);

/** 2 vCPU and 24 GiB: no whole number of units of 0.25 vCPU and 1 GiB holds just this. */
const MISFIT = { cpu: 2, mem: 24 * GIB };

describe('a VM that is no whole number of units', () => {
  it('is not asked for anything before the windows are full, and the reason names a unit that fits', () => {
    const told = story({ sizing: { max: units(16) } })
      .has({ size: MISFIT })
      .connects('1.1', obeying)
      .runs(30 * SECOND_MS);
    expect(told.sent('ScaleRequest')).toEqual([]);
    expect(told.decisions()[0]?.reason).toMatch(/0\.25 vCPU, 3 GiB/);
  });

  it('is not asked for more of one resource because the other one is kept', () => {
    const told = story({ sizing: { max: null } })
      .has({ size: MISFIT, busyCores: 0.5 })
      .connects('1.1', obeying)
      .runs(20 * MINUTE_MS);
    const asked = told.sent('ScaleRequest').map(({ target }) => target?.cpu ?? 0);
    expect(Math.max(...asked)).toBeLessThanOrEqual(MISFIT.cpu);
    expect(told.size.mem).toBeLessThan(MISFIT.mem);
  });

  it('gets a size of whole units once they are full', () => {
    const told = story({ policy: 'goal-cu', sizing: { max: units(16) } })
      .has({ size: MISFIT })
      .connects('1.1', obeying)
      .runs(2 * MINUTE_MS);
    expect(told.sent('ScaleRequest')[0]?.target).toEqual(units(1));
  });

  it('is asked for more at once when more is needed, and never for more than the largest size', () => {
    const told = story({ policy: 'goal-cu', sizing: { max: units(16) } })
      .has({ size: MISFIT, busyCores: 3 })
      .connects('1.1')
      .runs(30 * SECOND_MS);
    expect(told.sent('ScaleRequest').at(-1)?.target).toEqual(units(16));
  });
});

it('a grant beyond the largest size is not asked to stay', () => {
  const told = story({ policy: 'goal-cu', sizing: { max: units(4) } })
    .has({ size: units(2) })
    .connects('1.1')
    .runs(SECOND_MS)
    .say('UpscaleNotification', { granted: units(8) })
    .runs(90 * SECOND_MS);
  const asked = told.sent('ScaleRequest').map(({ target }) => target?.mem ?? 0);
  expect(Math.max(...asked)).toBeLessThanOrEqual(4 * GIB);
});

it.each([1e6, 1e9, 1e308, 5e-324])('a grant of %p vCPU and of all bytes is confirmed, and costs no time', (cpu) => {
  const frame = `{"content":{"granted":{"cpu":${cpu},"mem":18446744073709551615}},"type":"UpscaleNotification","id":4}`;
  const told = story({ sizing: { max: null } })
    .connects('1.1')
    .runs(SECOND_MS)
    .hears(frame)
    .runs(5 * MINUTE_MS);
  expect(told.sent('UpscaleConfirmation')).toMatchObject([{ id: 4 }]);
  const { granted } = told.state.statechart.context;
  expect(granted?.mem).toBe(LARGEST_SIZE.mem);
  expect(granted?.cpu).toBe(Math.min(cpu, LARGEST_SIZE.cpu));
});

it('a saved state beyond what any machine has is refused, and says why', () => {
  const told = story().runs(SECOND_MS);
  const saved = saveState(told.engine, told.state);
  const context = { ...saved.statechart.context, granted: { cpu: 1e9, mem: GIB } };
  const read = restartFrom(engineFor(told.setup), { ...saved, statechart: { ...saved.statechart, context } });
  expect(isLeft(read)).toBe(true);
  expect(read).toEqual(left(matching(/saved state/)));
});
