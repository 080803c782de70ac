/** Simulated time. */
import { Agenda } from '../../../../machines/simulation/world/agenda';

it('runs what is due in order of time, and of entry at the same time', () => {
  const agenda = new Agenda();
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(`${name}@${agenda.now}`);
  agenda.in(20, note('c'));
  agenda.in(10, note('a'));
  agenda.in(10, note('b'));
  agenda.in(5, () => {
    agenda.in(5, note('d'));
  });
  const takeBack = agenda.in(15, note('never'));
  takeBack();
  agenda.runUntil(19);
  expect(seen).toEqual(['a@10', 'b@10', 'd@10']);
  expect(agenda.now).toBe(19);
  agenda.runUntil(20);
  expect(seen.at(-1)).toBe('c@20');
  takeBack();
});
