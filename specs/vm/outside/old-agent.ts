/**
 * An agent of before ScaleRequests, played on the host against a real QEMU: it answers them by InvalidMessage, and each
 * UpscaleRequest by one unit of memory more than the monitor knows of.
 */
import { MIB } from '../../../machines/shared/units';
import { monitorFrame } from '../../support/monitor-frames';
import type { TestAgent } from '../../support/test-agent';
import type { Guest } from '../harness';

export interface OldAgentOptions {
  readonly bootMib: number;
  readonly unitMib: number;
  readonly cpu: number;
}

/** Serves the monitor until the connection ends. @param agent connected as v1.0 */
export const serveAsOldAgent = async (
  guest: Guest,
  agent: TestAgent,
  { bootMib, unitMib, cpu }: OldAgentOptions,
): Promise<void> => {
  let id = 0;
  let [told, asked] = [bootMib, bootMib];
  for (;;) {
    const { type, id: theirs } = monitorFrame(await agent.next());
    if (type === 'UpscaleConfirmation') told = asked;
    if (type === 'ScaleRequest') {
      const error = 'Received message of unknown type: "ScaleRequest"';
      agent.send({ type: 'InvalidMessage', content: { error }, id: theirs });
    }
    if (type === 'UpscaleRequest') {
      asked = told + unitMib;
      await guest.qmp.requestPlugged((asked - bootMib) * MIB);
      id += 2;
      agent.send({ type: 'UpscaleNotification', content: { granted: { cpu, mem: asked * MIB } }, id });
    }
  }
};
