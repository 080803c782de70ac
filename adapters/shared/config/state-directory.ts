/** Where the event log goes unless it is given: the place that the service manager or the system keeps for state. */
import { isAbsolute, join } from 'node:path';
import type { Variables } from './environment';

const SYSTEM_DIRECTORY = '/var/lib/vm-monitor';

/**
 * 1. `$STATE_DIRECTORY`: set by systemd for StateDirectory=, colon-separated, the first entry is ours;
 * 2. /var/lib/vm-monitor, if we may write it or create it;
 * 3. `$XDG_STATE_HOME`, else ~/.local/state (XDG Base Directory Specification; relative paths are
 *    invalid there and ignored).
 */
export const stateDirectory = (
  environment: Variables,
  homeDir: string,
  canHoldFiles: (dir: string) => boolean,
): string => {
  const [fromServiceManager = ''] = (environment['STATE_DIRECTORY'] ?? '').split(':');
  if (fromServiceManager !== '') return fromServiceManager;
  if (canHoldFiles(SYSTEM_DIRECTORY)) return SYSTEM_DIRECTORY;
  const xdg = environment['XDG_STATE_HOME'] ?? '';
  return join(isAbsolute(xdg) ? xdg : join(homeDir, '.local', 'state'), 'vm-monitor');
};
