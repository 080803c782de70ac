/** What the agent outside asks for a VM's size. One driver a directory; none.ts for a VM that is only a number. */
import type { Either } from 'fp-ts/Either';
import type { Size } from '../../../machines/shared/events/size';

/** One VM's hypervisor. Every call ends within its deadline, in Left(reason) or Right; it never throws. */
export interface Hypervisor {
  /** What the hypervisor can do for this VM: whole steps of memory, bounds. */
  describe(): Promise<Either<string, { readonly min: Size; readonly max: Size; readonly memStepBytes: number }>>;
  /** What the VM has now, as the hypervisor shows it; never what was requested. */
  observed(): Promise<Either<string, Size>>;
  /** Asks for so much memory (total of the VM). Right: the request was taken, not that it is true: read observed(). */
  requestMemory(memBytes: number): Promise<Either<string, void>>;
  /** Asks for so many vCPUs; fractions as the driver can. Right as above. */
  requestCpu(cpu: number): Promise<Either<string, void>>;
  close(): Promise<void>;
}
