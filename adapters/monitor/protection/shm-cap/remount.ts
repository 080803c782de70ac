/**
 * Sets the size of a mounted tmpfs by mount(8), as Node has no call for it. The kernel refuses a size
 * below what the mount holds, and changes nothing then (tmpfs(5)).
 *
 * If we die the next instant, the mount keeps its new size: whoever lowers it has recorded the old one
 * (intent.ts), which the watchdog process, the next start and `thaw` set again.
 */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { fileFailure } from '../../../shared/node-error';
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

/** Node puts what mount(8) wrote behind "Command failed: …". */
const reason = (mountPoint: string, size: string, error: unknown): string => {
  const { message } = fileFailure(`${mountPoint}: remount with size=${size}`, error);
  return message.replace(/\s+/g, ' ').trim();
};

/** @param size as isMountSize wants it */
export const remount = async (mountPoint: string, size: string): Promise<Either<string, void>> => {
  try {
    await promisify(execFile)('mount', argumentsOf(mountPoint, size), LIMITS);
    return E.right(undefined);
  } catch (error) {
    return E.left(reason(mountPoint, size, error));
  }
};

/** The same, for a process that is about to end. */
export const remountSync = (mountPoint: string, size: string): Either<string, void> => {
  try {
    execFileSync('mount', argumentsOf(mountPoint, size), { ...LIMITS, stdio: ['ignore', 'ignore', 'pipe'] });
    return E.right(undefined);
  } catch (error) {
    return E.left(reason(mountPoint, size, error));
  }
};
