/** Frames that came and were not asked for yet, and those who wait for one. Bounded, so that a runaway test fails. */
const MAX_QUEUED_FRAMES = 20_000;

export interface FrameQueue {
  push(frame: string): void;
  /** No more will come: those who wait, and who ask when it is empty, get this error. */
  end(error: Error): void;
  next(): Promise<string>;
}

interface Waiter {
  readonly resolve: (frame: string) => void;
  readonly reject: (error: Error) => void;
}

export const frameQueue = (): FrameQueue => {
  const frames: string[] = [];
  const waiters: Waiter[] = [];
  let ended: Error | null = null;
  return {
    push: (frame) => {
      const waiter = waiters.shift();
      if (waiter !== undefined) {
        waiter.resolve(frame);
        return;
      }
      if (frames.length >= MAX_QUEUED_FRAMES) throw new Error(`nobody took ${MAX_QUEUED_FRAMES} frames`);
      frames.push(frame);
    },
    end: (error) => {
      ended = error;
      for (const waiter of waiters.splice(0)) waiter.reject(error);
    },
    next: () => {
      const frame = frames.shift();
      if (frame !== undefined) return Promise.resolve(frame);
      if (ended !== null) return Promise.reject(ended);
      return new Promise((resolve, reject) => waiters.push({ resolve, reject }));
    },
  };
};
