/** No hypervisor: a VM that is only a number. What was asked for last is what it has, after a while. */
import * as E from 'fp-ts/Either';
import type { Size } from '../../../machines/shared/events/size';
import type { Hypervisor } from './hypervisor';

export interface VirtualSize {
  readonly initial: Size;
  readonly min: Size;
  readonly max: Size;
  /** From a request until it shows. */
  readonly delayMs: number;
}

export const noHypervisor = ({ initial, min, max, delayMs }: VirtualSize): Hypervisor => {
  let size = initial;
  const pending = new Map<keyof Size, NodeJS.Timeout>();

  const request = (resource: keyof Size, amount: number): Promise<E.Either<string, void>> => {
    clearTimeout(pending.get(resource));
    const take = (): void => {
      pending.delete(resource);
      size = { ...size, [resource]: amount };
    };
    if (delayMs === 0) take();
    else pending.set(resource, setTimeout(take, delayMs));
    return Promise.resolve(E.right(undefined));
  };

  return {
    describe: () => Promise.resolve(E.right({ min, max, memStepBytes: 1 })),
    observed: () => Promise.resolve(E.right(size)),
    requestMemory: (mem) => request('mem', mem),
    requestCpu: (cpu) => request('cpu', cpu),
    close: () => {
      for (const timer of pending.values()) clearTimeout(timer);
      return Promise.resolve();
    },
  };
};
