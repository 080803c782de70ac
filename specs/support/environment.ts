/** Surroundings for settings: an empty environment, no files, a machine whose /var/lib may be written. */
import type { Environment } from '../../adapters/shared/config/environment';

export const surroundings = (chosen: Partial<Environment> = {}): Environment => ({
  environment: {},
  homeDir: '/home/operator',
  uid: 1000,
  tmpDir: '/tmp',
  stdoutIsTerminal: false,
  readTextFile: (path) => {
    throw new Error(`no file ${path}`);
  },
  canHoldFiles: () => true,
  ...chosen,
});
