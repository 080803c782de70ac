/** The floor that the agent believes: told again when it has sunk, so that the VM can lend, or risen above the size. */
import { GIB, MIB, MINUTE_MS, SECOND_MS } from '../../../../machines/shared/units';
import { denying, obeying } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Sent, type Story } from '../../../support/scenario';

afterEach(expectRulesKept);

const LARGE = { size: units(6), useBytes: 4 * GIB };

/** Settled with 4 GiB in use; then most of it is given back, while the windows still keep the size. */
const givenBack = (version: '1.0' | '1.1'): { readonly told: Story; readonly before: number } => {
  const told = story()
    .has(LARGE)
    .connects(version, obeying)
    .runs(3 * MINUTE_MS);
  const before = told.sent('ScaleRequest').length;
  return { told: told.runs(20 * SECOND_MS, () => ({ useBytes: 600 * MIB })), before };
};

const floorsOf = (frames: readonly Sent[]): number[] => frames.map(({ floor }) => (floor?.mem ?? 0) / GIB);
const isUnchanged = ({ target }: Sent, index: number, frames: readonly Sent[]): boolean =>
  target?.mem === frames[index - 1]?.target?.mem;

it('a floor that has sunk is told once, with the size that is requested anyway', () => {
  const { told, before } = givenBack('1.1');
  const requests = told.sent('ScaleRequest');
  const again = requests.filter((frame, index, all) => index >= before && isUnchanged(frame, index, all));
  expect(floorsOf(again)).toEqual([1]);
  expect(floorsOf(requests.slice(0, before)).at(-1)).toBeGreaterThan(4);
});

it('an agent of version 1.0 knows no floors, and hears nothing', () => {
  const { told, before } = givenBack('1.0');
  const requests = told.sent('ScaleRequest');
  expect(requests.filter((frame, index, all) => index >= before && isUnchanged(frame, index, all))).toEqual([]);
});

it('nothing is said of a floor that stays', () => {
  const told = story()
    .has(LARGE)
    .connects('1.1', obeying)
    .runs(10 * MINUTE_MS);
  const before = told.sent('ScaleRequest').length;
  told.runs(10 * MINUTE_MS);
  expect(before).toBeGreaterThan(0);
  expect(told.sent('ScaleRequest').slice(before)).toEqual([]);
});

it('one that rises above the size goes at once with the request that is denied', () => {
  const told = story()
    .has({ size: units(2), useBytes: 600 * MIB })
    .connects('1.1', denying)
    .runs(MINUTE_MS, () => ({ busyCores: 0.45 }))
    .runs(20 * SECOND_MS, (sinceMs) => ({
      busyCores: 0.45,
      useBytes: 600 * MIB + Math.min(1200, sinceMs / 15) * MIB,
    }));
  expect(floorsOf(told.sent('ScaleRequest')).at(0)).toBe(1);
  expect(Math.max(...floorsOf(told.sent('ScaleRequest')))).toBeGreaterThan(2);
});

it('the wait after a denial is not learned as the time that a grant takes', () => {
  const told = story()
    .has({ size: units(2), useBytes: 600 * MIB })
    .runs(MINUTE_MS, () => ({ busyCores: 0.2 }))
    .connects('1.1', denying)
    .runs(MINUTE_MS, () => ({ busyCores: 1.7 }));
  told.resize(units(4));
  told.say('UpscaleNotification', { granted: units(4) }).runs(5 * SECOND_MS, () => ({ busyCores: 1.7 }));
  const { up } = told.state.domain.latency;
  expect(told.state.statechart.context.granted).toEqual(units(4));
  expect([...up.small, ...up.medium, ...up.large]).toEqual([]);
});
