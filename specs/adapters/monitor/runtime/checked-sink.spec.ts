/** What could not be read again is not written, and nothing that follows from it is done. */
import { checkedSink } from '../../../../adapters/shared/core-loop/open-core-log';
import { MONITOR_LOG } from '../../../../machines/monitor/engine/replay';

const counting = () => {
  const taken: unknown[] = [];
  const append = (_at: number, event: unknown): number => taken.push(event);
  return { taken, sink: checkedSink(MONITOR_LOG, { appendInput: append, appendOutput: append }) };
};

const decided = (cpu: number) => ({ type: 'size.decided', desired: { cpu, mem: 1 }, reason: 'as needed', parts: {} });

it('takes what can be read', () => {
  const { taken, sink } = counting();
  sink.appendOutput(5, decided(1));
  sink.appendInput(6, { type: 'monitor.started' });
  expect(taken).toHaveLength(2);
});

it.each([NaN, Infinity, -1, 1e9])('does not take a size of %p vCPU, and says what is wrong', (cpu) => {
  const { taken, sink } = counting();
  expect(() => sink.appendOutput(5, decided(cpu))).toThrow(/^size\.decided cannot be logged: event\.desired\.cpu/);
  expect(taken).toEqual([]);
});

it('does not take an event that no codec knows', () => {
  const { taken, sink } = counting();
  expect(() => sink.appendInput(5, { type: 'size.guessed' })).toThrow(/cannot be logged/);
  expect(taken).toEqual([]);
});
