/** All that can stand stands, and then the process ends in a way that nobody has foreseen: the one that the third parameter names. */
import { writeSync } from 'node:fs';
import { guardProcess } from '../../../adapters/cli/exit';
import { MIB } from '../../../machines/shared/units';
import { event, runFlow } from '../../support/monitor-flow';

const fail = (): never => {
  throw new Error('broken');
};

const ENDS: Readonly<Record<string, () => void>> = {
  exit: () => process.exit(3),
  uncaught: () => setImmediate(fail),
  rejection: () => void Promise.reject(new Error('broken')),
  // As the command line ends on what nobody has caught.
  command: () => {
    guardProcess();
    setImmediate(fail);
  },
};

const STDOUT = 1;

runFlow(
  { options: { protect: 'full', hardLimit: true }, availableBytes: 400 * MIB },
  async ({ vm, until, guardPid }) => {
    vm.grows({ bytesPerS: 400 * MIB, sharedBytesPerS: 100 * MIB });
    await until(event('limits.applied'), event('throttle.started'), event('shmCap.applied'));
    // It must not be the watchdog process that undoes it.
    process.kill(guardPid, 'SIGSTOP');
    writeSync(STDOUT, `${guardPid}\n`);
    // Until the test has looked at it.
    process.stdin.once('data', ENDS[process.argv[4] ?? ''] ?? fail);
    await new Promise(() => undefined);
  },
);
