/**
 * One monitor with a kernel tree, an event log and an agent of its own, which is brought into need and
 * calmed down again, round after round.
 */
import { isRight } from 'fp-ts/Either';
import { readMonitorFrame } from '../../machines/shared/protocol/monitor-frames';
import { startMonitor, type Monitor, type MonitorOptions } from '../../adapters/embedding/start-monitor';
import type { Size } from '../../machines/shared/events/size';
import { sameSize } from '../../machines/shared/sizing';
import { SECOND_MS } from '../../machines/shared/units';
import { tempDir } from '../support/event-log';
import { createKernelTree, type KernelTree } from '../support/fake-kernel-tree';
import { RANGE_V1_1, connectAgent, type TestAgent } from '../support/test-agent';

/** Rule R7: one request a second at most. What it holds back is no latency of ours, so none is provoked before. */
const ASK_GAP_MS = SECOND_MS;

/** What a frame of the monitor asks for; null when it is no request. */
const targetOf = (text: string): Size | null => {
  const frame = readMonitorFrame(text);
  return isRight(frame) && frame.right.type === 'ScaleRequest' ? frame.right.target : null;
};

/** When a request was written to the socket, and when the agent had it, on the clock of performance.now(). */
export interface Wish {
  readonly sentAt: number;
  readonly heardAt: number;
}

export class Room {
  /** The last request. */
  private target: Size = { cpu: 0, mem: 0 };
  /** The last that was granted. */
  private given: Size | null = null;
  private sentAt = -Infinity;
  private heard: (requested: Wish) => void = () => undefined;
  private nextId = 2;

  private constructor(
    readonly tree: KernelTree,
    readonly monitor: Monitor,
    private readonly agent: TestAgent,
    private readonly leave: AbortController,
  ) {
    monitor.events.subscribe(({ event }) => {
      // The event is published right behind the write, which the kernel has taken by then.
      const at = performance.now();
      if (event.type === 'frame.sent' && targetOf(event.text) !== null) this.sentAt = at;
    });
    void this.listen();
  }

  /** @param more options of the monitor beside the tree and the log */
  static async open(more: MonitorOptions = {}): Promise<Room> {
    const tree = createKernelTree();
    const { cgroup, cgroupRoot, procRoot } = tree;
    const leave = new AbortController();
    const options = { addr: '127.0.0.1:0', cgroup, cgroupRoot, procRoot, eventLog: tempDir(), ...more };
    const monitor = await startMonitor(options, leave.signal);
    const agent = await connectAgent(`ws://${String(monitor.address)}/monitor`, { range: RANGE_V1_1 });
    const room = new Room(tree, monitor, agent, leave);
    // What the monitor requests on every new connection.
    await room.nextWish();
    await room.settle();
    return room;
  }

  async close(): Promise<void> {
    this.leave.abort();
    await this.monitor.done;
    this.tree.dispose();
  }

  nextWish(): Promise<Wish> {
    return new Promise((resolve) => {
      this.heard = resolve;
    });
  }

  /** Memory has calmed down; then whatever is asked for is granted, until the next request would go out at once. */
  async settle(): Promise<void> {
    await this.until(() => this.monitor.snapshot().memory === 'normal');
    await this.until(() => {
      if (this.given !== this.target) this.grant();
      return this.isQuiet();
    });
  }

  private grant(): void {
    this.given = this.target;
    this.agent.send({ type: 'UpscaleNotification', content: { granted: this.target }, id: (this.nextId += 2) });
  }

  private isQuiet(): boolean {
    const { desired, granted, memory } = this.monitor.snapshot();
    const isGranted = desired !== null && granted !== null && sameSize(desired, granted);
    return isGranted && memory === 'normal' && performance.now() - this.sentAt > ASK_GAP_MS;
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
      const heardAt = performance.now();
      if (text === null) return;
      const target = targetOf(text);
      if (target === null) continue;
      this.target = target;
      this.heard({ sentAt: this.sentAt, heardAt });
    }
  }
}
