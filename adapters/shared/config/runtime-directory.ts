/**
 * Where files live that matter only while the machine runs: the socket of `vm-monitor status`, the
 * intent record of limits in force. A command beside the monitor must find the same place.
 */
import { isAbsolute, join } from 'node:path';
import type { Variables } from './environment';

const SYSTEM_DIRECTORY = '/run/vm-monitor';

/** Set by systemd for RuntimeDirectory=, colon-separated, the first entry is ours; '' when it is not set. */
const fromServiceManager = (environment: Variables): string =>
  (environment['RUNTIME_DIRECTORY'] ?? '').split(':', 1)[0] ?? '';

/** XDG Base Directory Specification: a relative path is invalid there and ignored. */
const ofUser = (environment: Variables, uid: number, tmpDir: string): string => {
  const xdg = environment['XDG_RUNTIME_DIR'] ?? '';
  return isAbsolute(xdg) ? join(xdg, 'vm-monitor') : join(tmpDir, `vm-monitor-${uid}`);
};

/**
 * Where a monitor of this user keeps its files:
 *
 * 1. the first entry of `$RUNTIME_DIRECTORY`;
 * 2. /run/vm-monitor, if we may write it or create it;
 * 3. `$XDG_RUNTIME_DIR/vm-monitor`;
 * 4. `<tmpDir>/vm-monitor-<uid>`.
 */
export const runtimeDirectory = (
  environment: Variables,
  uid: number,
  tmpDir: string,
  canHoldFiles: (dir: string) => boolean,
): string => {
  const given = fromServiceManager(environment);
  if (given !== '') return given;
  return canHoldFiles(SYSTEM_DIRECTORY) ? SYSTEM_DIRECTORY : ofUser(environment, uid, tmpDir);
};

/** Where a monitor may have put its files, for a command that looks for one: it may run as another user than we. */
export const runtimeDirectories = (environment: Variables, uid: number, tmpDir: string): readonly string[] => {
  const given = fromServiceManager(environment);
  return given === '' ? [SYSTEM_DIRECTORY, ofUser(environment, uid, tmpDir)] : [given];
};
