/**
 * A monitor whose undoing at the start fails for longer than it is tried there. It then tries to put a limit of its own
 * in place, says what came of it, and waits. Run by leftovers.spec.ts, which kills it. Parameter: the tree's directory.
 */
import * as E from 'fp-ts/Either';
import { openProtection } from '../../../../adapters/monitor/protection';
import { MACHINE } from '../../../../adapters/monitor/protection/actuators';
import { MIB } from '../../../../machines/shared/units';
import { configOn, SILENT } from '../../../support/monitor-flow';
import { CURRENT_BYTES, openProtectionTree } from '../../../support/protection-tree';
import { codeError } from './support';

const tree = openProtectionTree(process.argv[2] ?? '');

const refuse = (path: string, text: string): void => {
  if (path.endsWith('memory.high')) throw codeError('EBUSY');
  tree.undoFiles.writeKernel(path, text);
};

void openProtection(configOn(tree, {}), SILENT, {
  ...MACHINE,
  files: tree.files,
  undoFiles: { ...tree.undoFiles, writeKernel: refuse },
}).then(async ({ actuators }) => {
  await actuators?.limits.setHardLimit(2 * CURRENT_BYTES);
  const armed = await actuators?.limits.armTripwire(CURRENT_BYTES + 32 * MIB);
  process.stdout.write(`${armed !== undefined && E.isLeft(armed) ? armed.left : 'armed'}\n`);
  setInterval(() => undefined, 60_000);
});
