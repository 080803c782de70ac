/** Arms the tripwire, moves it, sets a hard limit, lifts all; run by killed-while-armed.spec.ts at every step. */
import { isLeft, type Either } from 'fp-ts/Either';
import { CgroupLimits } from '../../../../adapters/monitor/protection/cgroup-limits';
import { Watchdog } from '../../../../adapters/monitor/protection/watchdog';
import { IntentRecords } from '../../../../adapters/monitor/protection/intent-records';
import { MIB } from '../../../../machines/shared/units';
import { rightOf } from '../../../support/either';
import { runScenario } from '../../../support/fatal-step';
import { CURRENT_BYTES } from '../../../support/protection-tree';

const session = `session-${process.pid}`;

/** On a starved machine the watchdog process may take us for hung and lift what is being set: then so it is said, and we go on. */
const setOrLifted = (set: Either<string, unknown>): void => {
  if (!isLeft(set) || !set.left.includes('lifted again while it was being set')) rightOf(set);
};

void runScenario(async (stepping) => {
  const {
    tree: { paths },
    files,
  } = stepping;
  const watchdog = rightOf(
    await Watchdog.start({ paths, session, onLifted: () => undefined, onLost: () => undefined }),
  );
  stepping.setGuardPid(watchdog.pid);
  const records = new IntentRecords({ intentFile: paths.intentFile, files, watchdog, session });
  const limits = new CgroupLimits({
    paths,
    files,
    records,
    nowMs: () => performance.now(),
    onForeign: () => undefined,
  });
  setOrLifted(await limits.armTripwire(CURRENT_BYTES + 32 * MIB));
  setOrLifted(await limits.armTripwire(CURRENT_BYTES + 48 * MIB));
  setOrLifted(await limits.setHardLimit(CURRENT_BYTES + 128 * MIB));
  rightOf(await limits.liftTripwire());
  rightOf(await limits.setHardLimit(null));
});
