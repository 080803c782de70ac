/**
 * A process that exits while its write to memory.high waits for a thread of the pool. Node carries out
 * what waits there after its exit handlers have run, and before the process ends. Run by
 * unexpected-end.spec.ts.
 */
import { pbkdf2 } from 'node:crypto';
import { open } from 'node:fs/promises';
import { MIB } from '../../../machines/shared/units';
import { openProtection } from '../../../adapters/monitor/protection';
import { MACHINE } from '../../../adapters/monitor/protection/actuators';
import { configOn, SILENT } from '../../support/monitor-flow';
import { CURRENT_BYTES, openProtectionTree } from '../../support/protection-tree';

/** All threads of the pool are busy for some 100 ms. */
const keepThreadsBusy = (): void => {
  for (let thread = 0; thread < 4; thread += 1) pbkdf2('secret', 'salt', 200_000, 64, 'sha512', () => undefined);
};

const writeAndExit = async (path: string, text: string): Promise<void> => {
  const handle = await open(path, 'r+');
  keepThreadsBusy();
  void handle.write(text, 0);
  process.exit(3);
};

const tree = openProtectionTree(process.argv[2] ?? '');

void openProtection(configOn(tree, {}), SILENT, {
  ...MACHINE,
  files: { ...tree.files, writeKernel: writeAndExit },
  undoFiles: tree.undoFiles,
}).then(({ actuators }) => actuators?.limits.armTripwire(CURRENT_BYTES + 32 * MIB));
