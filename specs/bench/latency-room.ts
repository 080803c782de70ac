/**
 * One monitor with a kernel tree, an event log and an agent of its own, which is brought into need and
 * calmed down again, round after round.
 */
import { isRight } from 'fp-ts/Either';
import { readMonitorFrame } from '../../adapters/embedded-agent/monitor-frames';
import { startMonitor, type Monitor } from '../../adapters/runtime/start-monitor';
import type { Size } from '../../machines/events/size.codec';
import { sameSize } from '../../machines/sizing';
import { SECOND_MS } from '../../machines/units';
import { tempDir } from '../support/event-log';
import { createKernelTree, type KernelTree } from '../support/fake-kernel-tree';
import { RANGE_V1_1, connectAgent, type TestAgent } from '../support/test-agent';

/** Rule R7: one request a second at most. What it holds back is no latency of ours, so none is provoked before. */
const ASK_GAP_MS = SECOND_MS;

export class Room {
  /** The last request that came, and when. */
  private wish: Size = { cpu: 0, mem: 0 };
  private wishedAt = -Infinity;
  private heardWish: (at: number) => void = () => undefined;
  private nextId = 2;

  private constructor(
    readonly tree: KernelTree,
    readonly monitor: Monitor,
    private readonly agent: TestAgent,
    private readonly leave: AbortController,
  ) {
    void this.listen();
  }

  static async open(prepare: (tree: KernelTree) => void): Promise<Room> {
    const tree = createKernelTree();
    prepare(tree);
    const { cgroup, cgroupRoot, procRoot } = tree;
    const leave = new AbortController();
    const options = { addr: '127.0.0.1:0', cgroup, cgroupRoot, procRoot, eventLog: tempDir() };
    const monitor = await startMonitor(options, leave.signal);
    const agent = await connectAgent(`ws://${String(monitor.address)}/monitor`, { range: RANGE_V1_1 });
    const room = new Room(tree, monitor, agent, leave);
    // What the monitor wishes on every new connection.
    await room.nextWish();
    await room.settle();
    return room;
  }

  async close(): Promise<void> {
    this.leave.abort();
    await this.monitor.done;
    this.tree.dispose();
  }

  /** When the next request arrives, on the clock of performance.now(). */
  nextWish(): Promise<number> {
    return new Promise((resolve) => {
      this.heardWish = resolve;
    });
  }

  /** Memory has calmed down; then what was asked for is granted, and the next request would go out at once. */
  async settle(): Promise<void> {
    await this.until(() => this.monitor.snapshot().memory === 'calm');
    this.agent.send({ type: 'UpscaleNotification', content: { granted: this.wish }, id: (this.nextId += 2) });
    await this.until(() => this.isQuiet());
  }

  private isQuiet(): boolean {
    const { desired, granted, memory } = this.monitor.snapshot();
    const isGranted = desired !== null && granted !== null && sameSize(desired, granted);
    return isGranted && memory === 'calm' && performance.now() - this.wishedAt > ASK_GAP_MS;
  }

  /** Looks whenever something happens in the monitor: at the latest at its next beat. */
  private until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const looking = this.monitor.events.subscribe(() => {
        if (!condition()) return;
        looking.unsubscribe();
        resolve();
      });
    });
  }

  /** Until the connection ends. */
  private async listen(): Promise<void> {
    for (;;) {
      const text = await this.agent.next().catch(() => null);
      const at = performance.now();
      if (text === null) return;
      const frame = readMonitorFrame(text);
      if (!isRight(frame) || frame.right.type !== 'ScaleRequest') continue;
      this.wish = frame.right.target;
      this.wishedAt = at;
      this.heardWish(at);
    }
  }
}
