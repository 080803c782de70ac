/**
 * Before all specs (jest's globalSetup): the directory that the temp dirs of this run lie in, so that none is left
 * behind, whoever made it and however its spec ended.
 */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default (): void => {
  const directory = mkdtempSync(join(tmpdir(), 'vm-monitor-specs-'));
  // Other users may pass through it: some temp dirs are theirs.
  chmodSync(directory, 0o711);
  process.env['SPECS_DIRECTORY'] = directory;
};
