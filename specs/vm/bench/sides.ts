/** Who asks for memory: our monitor as it is, and what was there before (specs/vm/guest/reference.c). */
import { monitorFrame } from '../../support/monitor-frames';
import type { TestAgent } from '../../support/test-agent';
import { MIB } from '../../../machines/shared/units';
import type { Guest } from '../harness';
import { cgroupFile, POSTGRES } from '../in-guest/cgroups';
import { startGuestMonitor } from '../in-guest/monitor';
import { BOOT_MIB, MAX_MIB } from './guest';

export interface Asked {
  /** By performance.now(). */
  readonly hostMs: number;
  /** The size that is wanted; null: just more. */
  readonly mib: number | null;
}

export interface Side {
  /** The next request for more than `mib`. */
  readonly asked: (mib: number) => Promise<Asked>;
  /** Tells of a size that is there. */
  readonly granted: (mib: number) => void;
  readonly stop: () => Promise<void>;
}

export type SideName = 'ours' | 'reference';

const CPUS = 2;

const nextAskAbove = async (agent: TestAgent, mib: number): Promise<Asked> => {
  for (;;) {
    const { target } = monitorFrame(await agent.next());
    if (target !== undefined && target.mem > mib * MIB) return { hostMs: performance.now(), mib: target.mem / MIB };
  }
};

const ours = async (guest: Guest): Promise<Side> => {
  const sizes = `--independent --compute-unit ${CPUS},256MiB --min-size ${CPUS},${BOOT_MIB}MiB --max-size ${CPUS},${MAX_MIB}MiB`;
  const monitor = await startGuestMonitor(guest, sizes);
  const agent = await monitor.agent();
  let id = 0;
  return {
    asked: (mib) => nextAskAbove(agent, mib),
    granted: (mib) => {
      id += 2;
      agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: CPUS, mem: mib * MIB } }, id });
    },
    stop: async () => {
      await agent.close();
      await monitor.stop();
    },
  };
};

const reference = async (guest: Guest): Promise<Side> => {
  const running = await guest.start(`exec /opt/reference ${cgroupFile(POSTGRES, 'memory.stat')}`);
  return {
    asked: async () => {
      await running.line();
      return { hostMs: performance.now(), mib: null };
    },
    granted: () => undefined,
    stop: () => running.kill(),
  };
};

export const START: Readonly<Record<SideName, (guest: Guest) => Promise<Side>>> = { ours, reference };
