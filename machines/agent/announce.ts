/** Sends a frame under the connection's next id. */
import type { Size } from '../shared/events/size';
import type { AgentFrame } from './frames';
import { vmSetup } from './setup';

type WithoutId<F> = F extends unknown ? Omit<F, 'id'> : never;
export type Announcement = WithoutId<AgentFrame>;

const nextId = vmSetup.assign({
  conn: ({ context }) => (context.conn === null ? null : { ...context.conn, nextId: context.conn.nextId + 2 }),
});

/** Sends nothing when nobody is there. */
export const announce = (saying: Announcement): ReturnType<typeof vmSetup.enqueueActions> =>
  vmSetup.enqueueActions(({ context, enqueue }) => {
    if (context.conn === null) return;
    const { id, nextId: frameId } = context.conn;
    // The id is added to the same member of the union.
    enqueue({ type: 'send', params: { conn: id, frame: { ...saying, id: frameId } as AgentFrame } });
    enqueue(nextId);
  });

/** The same, and the answer is waited for: it concerns `size`. */
export const requestOf = (saying: Announcement, size: Size): ReturnType<typeof vmSetup.enqueueActions> =>
  vmSetup.enqueueActions(({ context, enqueue }) => {
    if (context.conn === null) return;
    enqueue.assign({ awaited: { id: context.conn.nextId, size } });
    enqueue(announce(saying));
  });
