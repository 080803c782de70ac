/** What a flood of requests leaves in the process that an operator starts. */
import { SECOND_MS } from '../../machines/shared/units';
import { rssAnonMib } from '../bench/process-cost';
import { buildOnce, connectTo, startMonitorOn, stopCommands } from '../support/command';
import { tempDir } from '../support/event-log';
import { createKernelTree } from '../support/fake-kernel-tree';
import { flood, REQUESTS_A_ROUND } from '../support/flood';

const ROUNDS = 1_500 / REQUESTS_A_ROUND;
/** For a machine that others load. */
const TIMEOUT_MS = 180 * SECOND_MS;
/** 7 to 10 MiB are compiled code and what waits for V8's next collection; a young generation that may grow takes 18. */
const MOST_GROWN_MIB = 14;

describe('memory of the monitor', () => {
  beforeAll(buildOnce);
  afterEach(stopCommands);

  it(
    'hardly grows with thousands of requests',
    async () => {
      const tree = createKernelTree();
      const monitor = startMonitorOn(tree, tempDir());
      const agent = await connectTo(monitor);
      await flood(agent, 1, 2);
      const before = rssAnonMib(monitor.pid);
      await flood(agent, ROUNDS, 100);
      expect(rssAnonMib(monitor.pid) - before).toBeLessThan(MOST_GROWN_MIB);
      tree.dispose();
    },
    TIMEOUT_MS,
  );
});
