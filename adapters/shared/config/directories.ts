/** Where files live that the user named no place for. A command beside the monitor must find the same place. */
import { isAbsolute, join } from 'node:path';
import type { Environment } from './environment';

const SYSTEM_RUNTIME = '/run/vm-monitor';
const SYSTEM_STATE = '/var/lib/vm-monitor';

/** Of what systemd sets for RuntimeDirectory= or StateDirectory=, colon-separated, the first entry is ours; '' when it is not set. */
const fromServiceManager = (directories = ''): string => directories.split(':', 1)[0] ?? '';

/** XDG Base Directory Specification: a relative path is invalid there and ignored. */
const runtimeOfUser = ({ environment, uid, tmpDir }: Environment): string => {
  const xdg = environment['XDG_RUNTIME_DIR'] ?? '';
  return isAbsolute(xdg) ? join(xdg, 'vm-monitor') : join(tmpDir, `vm-monitor-${uid}`);
};

const stateOfUser = ({ environment, homeDir }: Environment): string => {
  const xdg = environment['XDG_STATE_HOME'] ?? '';
  return join(isAbsolute(xdg) ? xdg : join(homeDir, '.local', 'state'), 'vm-monitor');
};

/**
 * For files that matter only while the machine runs: the socket of `vm-monitor status`, the intent record of limits
 * in force. A monitor of this user keeps them in
 *
 * 1. the first entry of `$RUNTIME_DIRECTORY`;
 * 2. /run/vm-monitor, if we may write it or create it;
 * 3. `$XDG_RUNTIME_DIR/vm-monitor`;
 * 4. `<tmpDir>/vm-monitor-<uid>`.
 */
export const runtimeDirectory = (from: Environment): string =>
  fromServiceManager(from.environment['RUNTIME_DIRECTORY']) ||
  (from.canHoldFiles(SYSTEM_RUNTIME) ? SYSTEM_RUNTIME : runtimeOfUser(from));

/** Where a monitor may have put them, for a command that looks for one: it may run as another user than we. */
export const runtimeDirectories = (from: Environment): readonly string[] => {
  const given = fromServiceManager(from.environment['RUNTIME_DIRECTORY']);
  return given === '' ? [SYSTEM_RUNTIME, runtimeOfUser(from)] : [given];
};

/**
 * For the event log:
 *
 * 1. the first entry of `$STATE_DIRECTORY`;
 * 2. /var/lib/vm-monitor, if we may write it or create it;
 * 3. `$XDG_STATE_HOME`, else ~/.local/state.
 */
export const stateDirectory = (from: Environment): string =>
  fromServiceManager(from.environment['STATE_DIRECTORY']) ||
  (from.canHoldFiles(SYSTEM_STATE) ? SYSTEM_STATE : stateOfUser(from));
