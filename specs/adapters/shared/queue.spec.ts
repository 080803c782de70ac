import { createQueue } from '../../../adapters/shared/queue';

/** Work that ends when it is told to. */
const held = (): { readonly work: () => Promise<string>; readonly end: (result: string) => void } => {
  let end: (result: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  return { work: () => ended, end };
};

describe('a queue', () => {
  it('does one piece at a time, in their order', async () => {
    const queue = createQueue(2);
    const [first, done] = [held(), [] as string[]];
    const results = [
      queue.run(async () => done.push(await first.work())),
      queue.run(() => Promise.resolve(done.push('second'))),
    ];
    await Promise.resolve();
    expect(done).toEqual([]);
    first.end('first');
    await Promise.all(results);
    expect(done).toEqual(['first', 'second']);
  });

  it('refuses more than may wait, and counts what waits or runs', async () => {
    const queue = createQueue(1);
    const first = held();
    const running = queue.run(first.work);
    const waiting = queue.run(() => Promise.resolve('second'));
    expect(queue.length()).toBe(2);
    expect(await queue.run(() => Promise.resolve('third'))).toBeNull();
    first.end('first');
    expect(await Promise.all([running, waiting])).toEqual(['first', 'second']);
    expect(queue.length()).toBe(0);
  });

  it('tells a failure to whoever asked for that piece, and goes on with the next', async () => {
    const queue = createQueue(1);
    const failing = queue.run(() => Promise.reject(new Error('no')));
    const next = queue.run(() => Promise.resolve('next'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('next');
  });

  it('is drained when all that is in it has ended', async () => {
    const queue = createQueue(1);
    const done: string[] = [];
    const first = held();
    void queue.run(async () => done.push(await first.work()));
    void queue.run(() => Promise.resolve(done.push('second')));
    const drained = queue.drained().then(() => done.length);
    first.end('first');
    expect(await drained).toBe(2);
  });
});
