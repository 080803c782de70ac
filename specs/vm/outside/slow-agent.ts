/** An agent on the host that takes its time: it gives what is wished, through QEMU, when it is told to. */
import type { Size } from '../../../machines/shared/events/size';
import { MIB } from '../../../machines/shared/units';
import { nextOf } from '../../support/monitor-frames';
import type { Guest } from '../harness';
import type { GuestMonitor } from '../in-guest/monitor';
import { plug } from './plugged';

export interface SlowAgent {
  /** Gives what was wished last, and from now on each wish at once. */
  give(): Promise<void>;
}

/** Connects it; it ends with the monitor. @param bootBytes what the guest has without what is plugged */
export const startSlowAgent = async (guest: Guest, monitor: GuestMonitor, bootBytes: number): Promise<SlowAgent> => {
  const agent = await monitor.agent();
  const nextWish = async (): Promise<Size> => {
    const { target } = await nextOf(agent, 'ScaleRequest');
    if (target === undefined) throw new Error('a ScaleRequest without a target');
    return target;
  };
  // The first one comes with the connection.
  let [requested, gives, id] = [await nextWish(), false, 0];

  const grant = async (granted: Size): Promise<void> => {
    await plug(guest, (granted.mem - bootBytes) / MIB);
    agent.send({ type: 'UpscaleNotification', content: { granted }, id: (id += 2) });
  };
  /** One after another: the size that one waits for must not be changed by the next. */
  let order = Promise.resolve();
  const give = (): Promise<void> => (order = order.then(() => grant(requested)));

  const listen = async (): Promise<void> => {
    for (;;) {
      requested = await nextWish();
      if (gives) await give();
    }
  };
  void listen().catch(() => undefined); // The connection has ended.
  return {
    give: () => {
      gives = true;
      return give();
    },
  };
};
