/** The looks of a sampler at what a server is made to say; the servers of working-set.spec.ts are real. */
import { left, right, type Either } from 'fp-ts/Either';
import { sampleWorkingSet } from '../../../../adapters/monitor/postgres';
import type { InputEvent } from '../../../../machines/monitor/events/inputs';

type Read = Either<string, readonly number[]> | null;

/** Resolves with what was told once all reads have been taken. */
const told = (reads: readonly Read[]): Promise<readonly InputEvent[]> =>
  new Promise((resolve) => {
    const events: InputEvent[] = [];
    let next = 0;
    const workingSet = (): Promise<Read> => {
      if (next === reads.length) {
        stop();
        resolve(events);
      }
      next += 1;
      return Promise.resolve(reads[next - 1] ?? null);
    };
    const stop = sampleWorkingSet({ workingSet }, (event) => events.push(event), { everyMs: 1, againMs: 1 });
  });

const sampled = { type: 'workingSet.sampled', pages: [1] };
const lost = (reason: string) => ({ type: 'workingSet.lost', reason });

it('tells each sample', async () => {
  expect(await told([right([1]), right([1])])).toEqual([sampled, sampled]);
});

it('tells the same reason once, another one too, and the same again after a sample', async () => {
  const reads = [left('a'), left('a'), left('b'), right([1]), left('b')];
  expect(await told(reads)).toEqual([lost('a'), lost('b'), sampled, lost('b')]);
});

it('tells nothing of a look that was not taken, and does not repeat a reason after it', async () => {
  expect(await told([null, left('a'), null, left('a')])).toEqual([lost('a')]);
});

it('tells nothing once it is stopped, also of a look under way', async () => {
  const events: InputEvent[] = [];
  let answer: (read: Read) => void = () => undefined;
  let asked: () => void = () => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const workingSet = (): Promise<Read> => {
    asked();
    return new Promise((resolve) => (answer = resolve));
  };
  const stop = sampleWorkingSet({ workingSet }, (event) => events.push(event), { everyMs: 1, againMs: 1 });
  await isAsked;
  stop();
  answer(right([1]));
  await new Promise(setImmediate);
  expect(events).toEqual([]);
});
