/** No hypervisor: a VM that is only a number. What was asked for last is what it has. */
import * as E from 'fp-ts/Either';
import type { Size } from '../../machines/events';
import type { Hypervisor } from './hypervisor';

export interface VirtualSize {
  readonly initial: Size;
  readonly min: Size;
  readonly max: Size;
}

export const noHypervisor = ({ initial, min, max }: VirtualSize): Hypervisor => {
  let size = initial;
  return {
    name: 'none',
    describe: () => Promise.resolve(E.right({ min, max, memStepBytes: 1 })),
    seen: () => Promise.resolve(E.right(size)),
    requestMemory: (mem) => {
      size = { ...size, mem };
      return Promise.resolve(E.right(undefined));
    },
    requestCpu: (cpu) => {
      size = { ...size, cpu };
      return Promise.resolve(E.right(undefined));
    },
    close: () => Promise.resolve(),
  };
};
