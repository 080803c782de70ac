/** Death of the monitor at every step of a cap and its end (rule R3), on real tmpfs mounts. */
import { existsSync } from 'node:fs';
import { KIB } from '../../../../../machines/shared/units';
import type { ActuatorFiles } from '../../../../../adapters/monitor/protection/files';
import { ShmCap } from '../../../../../adapters/monitor/protection/shm-cap/shm-cap';
import { IntentRecords } from '../../../../../adapters/monitor/protection/intent-records';
import { restore } from '../../../../../adapters/monitor/protection/restore';
import { createProtectionTree, type ProtectionTree } from '../../../../support/protection-tree';
import { mountLine, mountTmpfs, unmountAll } from '../../../../support/tmpfs';
import { WATCHDOG } from '../throttle/support';

let tree: ProtectionTree;
beforeEach(() => {
  tree = createProtectionTree();
});
afterEach(() => {
  unmountAll();
  tree.dispose();
});

const STEPS = ['the note', 'the cap', 'the old size', 'the end of the note'];

it.each(STEPS.map((name, step) => [name, step] as const))(
  'after a death before %s the next start gives the mount its old size',
  async (_name, fatal) => {
    const shm = mountTmpfs('size=8m');
    let step = 0;
    const died = new Promise<'died'>((die) => {
      const unlessDead = async <A>(act: () => Promise<A>): Promise<A> => {
        if (step === fatal) {
          die('died');
          await new Promise(() => undefined);
        }
        step += 1;
        return act();
      };
      const files: ActuatorFiles = {
        ...tree.files,
        replaceFile: (path, text) => unlessDead(() => tree.files.replaceFile(path, text)),
        removeFile: (path) => unlessDead(() => tree.files.removeFile(path)),
        remount: (mountPoint, size) => unlessDead(() => tree.files.remount(mountPoint, size)),
      };
      const { paths } = tree;
      const { intentFile } = paths;
      const shmCap = new ShmCap({
        ...{ paths, files, procRoot: '/proc' },
        mountPoint: shm,
        records: new IntentRecords({ intentFile, files, watchdog: WATCHDOG, session: 'spec' }),
      });
      void shmCap.apply().then(() => shmCap.remove());
    });
    expect(await died).toBe('died');
    const restored = await restore({ paths: tree.paths, files: tree.undoFiles, mode: 'ours' });
    expect(restored.failed).toEqual([]);
    expect(mountLine(shm)).toContain(`size=${8 * KIB}k`);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  },
);
