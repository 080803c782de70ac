import { collectHeap, heapBytes } from '../../../../adapters/monitor/own-process/collect-heap';
import { keepHeapSmall } from '../../../../adapters/monitor/own-process/keep-heap-small';
import { MIB, MINUTE_MS } from '../../../../machines/shared/units';

/** A heap of `bytes`; a collection leaves 10 MiB, or fails. */
const fakeHeap = () => {
  const heap = { sizeBytes: 10 * MIB, collections: 0, fails: false };
  const collect = (): Promise<void> => {
    if (heap.fails) return Promise.reject(new Error('no inspector'));
    heap.collections += 1;
    heap.sizeBytes = 10 * MIB;
    return Promise.resolve();
  };
  return { heap, collect, bytes: () => heap.sizeBytes };
};

const ignore = (): void => undefined;

describe('keepHeapSmall', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('collects what the start has left, and then only what has grown', async () => {
    const { heap, ...collector } = fakeHeap();
    const leave = keepHeapSmall(() => true, ignore, collector);
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    expect(heap.collections).toBe(1);
    heap.sizeBytes += MIB;
    await jest.advanceTimersByTimeAsync(5 * MINUTE_MS);
    expect(heap.collections).toBe(1);
    heap.sizeBytes += MIB;
    await jest.advanceTimersByTimeAsync(5 * MINUTE_MS);
    expect(heap.collections).toBe(2);
    leave();
  });

  it('waits while a pause would do harm', async () => {
    let mayPause = false;
    const { heap, ...collector } = fakeHeap();
    const leave = keepHeapSmall(() => mayPause, ignore, collector);
    await jest.advanceTimersByTimeAsync(10 * MINUTE_MS);
    expect(heap.collections).toBe(0);
    mayPause = true;
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    expect(heap.collections).toBe(1);
    leave();
  });

  it('says once, and tries again, when a collection was not possible', async () => {
    const { heap, ...collector } = fakeHeap();
    heap.fails = true;
    const said: string[] = [];
    const leave = keepHeapSmall(
      () => true,
      (reason) => said.push(reason),
      collector,
    );
    await jest.advanceTimersByTimeAsync(4 * MINUTE_MS);
    heap.fails = false;
    await jest.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(heap.collections).toBe(1);
    expect(said).toEqual(['no inspector']);
    leave();
  });

  it('ends', async () => {
    const { heap, ...collector } = fakeHeap();
    keepHeapSmall(() => true, ignore, collector)();
    await jest.advanceTimersByTimeAsync(10 * MINUTE_MS);
    expect(heap.collections).toBe(0);
  });
});

describe('collectHeap', () => {
  /** On a stack of its own, which keeps nothing alive. */
  const makeGarbage = () => new WeakRef(Array.from({ length: 200_000 }, (_, n) => ({ n })));

  it('takes what nobody holds any more, more than once', async () => {
    for (let round = 0; round < 2; round += 1) {
      const garbage = makeGarbage();
      // What a WeakRef has shown is held until the turn ends.
      await new Promise((resolve) => setImmediate(resolve));
      await collectHeap();
      expect(garbage.deref()).toBeUndefined();
      expect(heapBytes()).toBeGreaterThan(MIB);
    }
  });
});
