/**
 * What the bundle costs while it runs with everything on: cgroup (ordinary files), the machine's real
 * /proc, event log on the disk, an agent that checks its health. Three processes side by side: one at
 * 10 Hz, one at the calm beat, and as floor a Node that has nothing but a timer.
 */
import { spawn } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';
import { readEventLog } from '../../adapters/monitor/runtime/read-event-log';
import { SECOND_MS } from '../../machines/shared/units';
import { tempDir } from '../support/event-log';
import { createKernelTree, type KernelTree } from '../support/fake-kernel-tree';
import { RANGE_V1_1, connectAgent } from '../support/test-agent';
import { calmProc } from './calm-proc';
import { endWithUs, requireFreshBundle, startChildMonitor, type ChildMonitor } from './child-monitor';
import { digits } from './figures';
import { TICK_MS, cpuMs, rssAnonMib } from './process-cost';
import { atMost, figureOnly, type Bench, type Row } from './row';

const START_MS = 10 * SECOND_MS;
const WINDOW_MS = 30 * SECOND_MS;
/** At ten beats a second V8 takes minutes to find what is hot and to compile it. */
const WARM_UP_MS = 180 * SECOND_MS;
const HEALTH_CHECK_MS = 5 * SECOND_MS;
const TARGET_RSS_MIB = 20;

interface Subject {
  readonly name: string;
  readonly flags: (tree: KernelTree) => readonly string[];
  readonly targetPercent: number;
}

const SUBJECTS = {
  busy: {
    name: 'CPU at 10 Hz, of one core',
    // A wish that this agent never grants holds the beat of 100 ms.
    flags: () => ['--proc-root', '/proc', '--min-size', '256,1024GiB'],
    targetPercent: 1,
  },
  calm: {
    name: 'CPU when calm, of one core',
    // Independent: whatever shape this machine has, it is no reason to wish for another.
    flags: () => ['--proc-root', calmProc(), '--independent'],
    targetPercent: 0.3,
  },
} satisfies Record<string, Subject>;

interface Running {
  readonly subject: Subject;
  readonly monitor: ChildMonitor;
  readonly logDir: string;
  readonly stop: () => Promise<void>;
}

const start = async (subject: Subject): Promise<Running> => {
  const tree = createKernelTree();
  const logDir = tempDir();
  const cgroup = ['--cgroup', tree.cgroup, '--cgroup-root', tree.cgroupRoot];
  const monitor = await startChildMonitor([...cgroup, '--event-log', logDir, ...subject.flags(tree)]);
  const agent = await connectAgent(monitor.url, { range: RANGE_V1_1 });
  let id = 0;
  const checks = setInterval(() => {
    agent.send({ type: 'HealthCheck', content: {}, id: (id += 2) });
  }, HEALTH_CHECK_MS);
  const stop = async (): Promise<void> => {
    clearInterval(checks);
    await agent.close();
    await monitor.stop();
    tree.dispose();
  };
  return { subject, monitor, logDir, stop };
};

/** Percent of one core that each process takes over a window that begins now. */
const percentsOver = async (pids: readonly number[]): Promise<readonly number[]> => {
  const before = pids.map(cpuMs);
  await after(WINDOW_MS);
  return pids.map((pid, i) => ((cpuMs(pid) - (before[i] ?? NaN)) / WINDOW_MS) * 100);
};

const beatsPerS = async (logDir: string): Promise<number> => {
  let samples = 0;
  let firstAt = Infinity;
  let lastAt = 0;
  for await (const { at, event } of readEventLog(logDir)) {
    if (event.type !== 'sample.taken') continue;
    samples += 1;
    firstAt = Math.min(firstAt, at);
    lastAt = at;
  }
  return ((samples - 1) * SECOND_MS) / (lastAt - firstAt);
};

const tickNote = `n 1 window of ${WINDOW_MS / SECOND_MS} s, resolution ${digits((TICK_MS / WINDOW_MS) * 100)} %`;

/** Just started, and with its code compiled. */
interface Percents {
  readonly early: number;
  readonly steady: number;
}

const percentNote = ({ early }: Percents): string =>
  `${tickNote} after ${(START_MS + WINDOW_MS + WARM_UP_MS) / SECOND_MS} s; ${digits(early)} % in the first such window`;

const cpuRow = async ({ subject, logDir }: Running, percents: Percents): Promise<Row> =>
  atMost(subject.targetPercent, {
    name: subject.name,
    value: percents.steady,
    unit: '%',
    notes: [`${percentNote(percents)}; ${digits(await beatsPerS(logDir))} samples/s in the log`],
  });

const floorRow = (percents: Percents): Row =>
  figureOnly({
    name: 'CPU of a Node with an empty 100 ms timer (floor)',
    value: percents.steady,
    unit: '%',
    notes: [percentNote(percents)],
  });

const memoryRow = (rssMib: readonly number[]): Row =>
  atMost(TARGET_RSS_MIB, {
    name: 'RssAnon of the calm bundle (largest of three)',
    value: Math.max(...rssMib),
    unit: 'MiB',
    notes: [`after 10 s, 40 s and 250 s: ${rssMib.map(digits).join(', ')} MiB`],
  });

export const sampling: Bench = async () => {
  requireFreshBundle();
  const floor = spawn(process.execPath, ['-e', 'setInterval(() => {}, 100)'], { stdio: 'ignore' });
  endWithUs(floor);
  const running = [await start(SUBJECTS.busy), await start(SUBJECTS.calm)] as const;
  const [busy, calm] = running;
  const pids = [busy.monitor.pid, calm.monitor.pid, floor.pid ?? 0];
  const rss: number[] = [];
  const look = (): void => void rss.push(rssAnonMib(calm.monitor.pid));

  await after(START_MS);
  look();
  const early = await percentsOver(pids);
  look();
  await after(WARM_UP_MS);
  const steady = await percentsOver(pids);
  look();

  for (const { stop } of running) await stop();
  floor.kill();
  const percents = (i: number): Percents => ({ early: early[i] ?? NaN, steady: steady[i] ?? NaN });
  return [await cpuRow(busy, percents(0)), await cpuRow(calm, percents(1)), floorRow(percents(2)), memoryRow(rss)];
};
