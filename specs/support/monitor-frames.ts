/** What the monitor says to an agent of the tests, decoded. */
import * as E from 'fp-ts/Either';
import * as t from 'io-ts';
import { Size } from '../../machines/shared/events/size';
import type { TestAgent } from './test-agent';

const MonitorFrame = t.intersection([
  t.type({ type: t.string, id: t.number }),
  t.partial({ target: Size, floor: Size, withinMs: t.number, Ok: t.boolean, Status: t.string, error: t.string }),
]);
export type MonitorFrame = t.TypeOf<typeof MonitorFrame>;

/** Ids beyond 2^53 lose their last digits here: look at the text for those. */
export const monitorFrame = (text: string): MonitorFrame => {
  const frame = MonitorFrame.decode(JSON.parse(text));
  if (E.isLeft(frame)) throw new Error(`not a frame of the monitor: ${text}`);
  return frame.right;
};

/** Requests of the monitor's own come when it has a reason for one; the others answer a frame of the agent. */
const isOwnRequest = ({ type }: MonitorFrame): boolean => type === 'ScaleRequest' || type === 'UpscaleRequest';

const nextWhere = async (agent: TestAgent, isWanted: (frame: MonitorFrame) => boolean): Promise<string> => {
  for (;;) {
    const text = await agent.next();
    if (isWanted(monitorFrame(text))) return text;
  }
};

/** The text of the next frame that answers one of the agent's. */
export const nextReplyText = (agent: TestAgent): Promise<string> => nextWhere(agent, (frame) => !isOwnRequest(frame));

export const nextReply = async (agent: TestAgent): Promise<MonitorFrame> => monitorFrame(await nextReplyText(agent));

/** The next request of the monitor's own. */
export const nextRequest = async (agent: TestAgent): Promise<MonitorFrame> =>
  monitorFrame(await nextWhere(agent, isOwnRequest));

/** The next frame of this type. */
export const nextOf = async (agent: TestAgent, type: string): Promise<MonitorFrame> =>
  monitorFrame(await nextWhere(agent, (frame) => frame.type === type));

/** The next wish that is for this memory. */
export const nextWishFor = async (agent: TestAgent, memBytes: number): Promise<MonitorFrame> =>
  monitorFrame(await nextWhere(agent, ({ target }) => target?.mem === memBytes));

/** The next wish for more memory than this. */
export const nextWishAbove = async (agent: TestAgent, memBytes: number): Promise<MonitorFrame> =>
  monitorFrame(await nextWhere(agent, ({ target }) => target !== undefined && target.mem > memBytes));
