/**
 * Sets the size of a mounted tmpfs by mount(8), as Node has no call for it. The kernel refuses a size
 * below what the mount holds, and changes nothing then (tmpfs(5)).
 *
 * If we die the next instant, the mount keeps its new size: whoever lowers it has recorded the old one
 * (intent.ts), which the watchdog process, the next start and `thaw` set again.
 */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { errorText } from '../../../../machines/shared/error-text';
import { SECOND_MS } from '../../../../machines/shared/units';

/** mount(8) takes some 5 ms; one that hangs must not take us with it. */
const REMOUNT_MS = 2 * SECOND_MS;

/** The value of the option size= of a tmpfs: "1048576k", "50%". Nothing that mount(8) could take for another option. */
export const isMountSize = (text: string): boolean => /^\d{1,18}[kKmMgG%]?$/.test(text);

/**
 * mount(8) repeats the options that the mount has for us. "rw", as one that is read-only for us alone (in a
 * mount namespace of the service) would become read-only for all; what we capped was not.
 */
const argumentsOf = (mountPoint: string, size: string): string[] => ['-o', `remount,rw,size=${size}`, mountPoint];

const LIMITS = { timeout: REMOUNT_MS, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 } as const;

/** Node puts what mount(8) wrote behind "Command failed: …". Without its code: a mount(8) that is missing is no mount that is gone. */
const onOneLine = (error: unknown): Error => new Error(errorText(error).replace(/\s+/g, ' ').trim());

/** @param size as isMountSize wants it */
export const remount = async (mountPoint: string, size: string): Promise<void> => {
  try {
    await promisify(execFile)('mount', argumentsOf(mountPoint, size), LIMITS);
  } catch (error) {
    throw onOneLine(error);
  }
};

/** The same, for a process that is about to end. */
export const remountSync = (mountPoint: string, size: string): void => {
  try {
    execFileSync('mount', argumentsOf(mountPoint, size), { ...LIMITS, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    throw onOneLine(error);
  }
};
