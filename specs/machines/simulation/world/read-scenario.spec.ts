/** Files of scenarios: what may be left out, and how what is wrong is told. */
import { isLeft } from 'fp-ts/Either';
import { readScenario } from '../../../../machines/simulation/world/read-scenario';

const GOOD = { name: 'a', about: 'b', minutes: 1, vm: { maxUnits: 4 }, load: [{ kind: 'busy', tasks: 1 }] };

const wrong = (differences: object): string => {
  const read = readScenario({ ...GOOD, ...differences });
  return isLeft(read) ? read.left : 'nothing';
};

it('has defaults for all that is left out', () => {
  expect(readScenario(GOOD)).toMatchObject({
    right: {
      vm: { unit: { cpu: 0.25, gib: 1 }, minUnits: 1 },
      agent: { protocol: '1.1' },
      monitor: { protect: 'tripwire' },
    },
  });
});

it.each([
  [{ minutes: 'ten' }, 'minutes: "ten" is not a finite number'],
  [{ vm: {} }, 'vm.maxUnits: undefined is not a finite number'],
  [{ vm: { maxUnits: 4, maxUnit: 5 } }, 'vm.maxUnit: nothing of this name is known'],
  [{ expect: { resizes: { atMost: 2 } } }, 'expect.resizes.atMost: nothing of this name is known'],
  [{ load: [{ kind: 'busy', tasks: 1, task: 2 }] }, 'load.0.task: nothing of this name is known'],
  [{ loads: [] }, 'loads: nothing of this name is known'],
])('%j', (differences, line) => {
  expect(wrong(differences)).toBe(line);
});

it('a load of no known kind is refused', () => {
  expect(wrong({ load: [{ kind: 'storms' }] })).toMatch(/^load/);
});
