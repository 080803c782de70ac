/**
 * A process that puts all in place that a monitor can, says "in place", and waits; when the watchdog process has
 * lifted it, it says "lifted" and does it again. Run by watchdog-undoes.spec.ts, which kills or stops it.
 * Parameters: the tree's directory, a tmpfs, its size.
 */
import { Watchdog } from '../../../../adapters/monitor/protection/watchdog';
import { IntentRecords } from '../../../../adapters/monitor/protection/intent-records';
import { remount } from '../../../../adapters/monitor/protection/shm-cap/remount';
import { rightOf } from '../../../support/either';
import { openProtectionTree } from '../../../support/protection-tree';

const [, , base = '', mountPoint = '', originalSize = ''] = process.argv;
const { paths, files } = openProtectionTree(base);
const session = `session-${process.pid}`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const putInPlace = async (records: IntentRecords): Promise<void> => {
  const throttleCgroup = new Map([[102, `${paths.managed}/sub`]]);
  rightOf(
    await records.record({
      highBytes: [4096],
      maxBytes: [8192],
      throttleCgroup,
      shmCap: { mountPoint, originalSize },
    }),
  );
  await files.writeKernel(`${paths.managed}/memory.high`, '4096\n');
  await files.writeKernel(`${paths.managed}/memory.max`, '8192\n');
  await files.makeDirectory(paths.throttleCgroup);
  await files.writeKernel(`${paths.throttleCgroup}/memory.high`, '4096\n');
  for (const pid of ['102', '103']) await files.writeKernel(`${paths.throttleCgroup}/cgroup.procs`, pid);
  await remount(mountPoint, '1m');
  say('in place');
};

const run = async (): Promise<void> => {
  const onLifted = (): void => {
    say('lifted');
    void putInPlace(records);
  };
  const watchdog = rightOf(await Watchdog.start({ paths, session, onLifted, onLost: say }));
  const records = new IntentRecords({ intentFile: paths.intentFile, files, watchdog, session });
  say(`guard ${watchdog.pid ?? 0}`);
  await putInPlace(records);
  setInterval(() => undefined, 60_000);
};

void run();
