/** A link on a free port of the loopback with short deadlines, and what it tells. */
import { filter, firstValueFrom, ReplaySubject } from 'rxjs';
import {
  DEADLINES,
  listenForAgents,
  type AgentLink,
  type AgentLinkOptions,
  type Deadlines,
  type LinkEvent,
} from '../../../../adapters/monitor/agent-link';

export type EventOf<T extends LinkEvent['type']> = Extract<LinkEvent, { type: T }>;

export interface TestLink {
  readonly link: AgentLink;
  readonly url: string;
  readonly port: number;
  /** All events up to now. */
  readonly told: readonly LinkEvent[];
  /** The first event of a type, also one that has been told already. */
  readonly first: <T extends LinkEvent['type']>(type: T) => Promise<EventOf<T>>;
}

const ofType =
  <T extends LinkEvent['type']>(type: T) =>
  (event: LinkEvent): event is EventOf<T> =>
    event.type === type;

const OPTIONS: AgentLinkOptions = { host: '127.0.0.1', port: 0, allowPeers: [], allowOrigins: [], token: null };

/** Links of the running test; `stopLinks` belongs into afterEach. */
const running: AgentLink[] = [];

export const startLink = async (
  options: Partial<AgentLinkOptions> = {},
  deadlines: Partial<Deadlines> = {},
): Promise<TestLink> => {
  const link = await listenForAgents({ ...OPTIONS, ...options }, { ...DEADLINES, ...deadlines });
  running.push(link);
  const told: LinkEvent[] = [];
  const all = new ReplaySubject<LinkEvent>();
  link.events.subscribe((event) => told.push(event));
  link.events.subscribe(all);
  const host = link.address.host.includes(':') ? `[${link.address.host}]` : link.address.host;
  return {
    link,
    told,
    port: link.address.port,
    url: `ws://${host}:${link.address.port}/monitor`,
    first: (type) => firstValueFrom(all.pipe(filter(ofType(type)))),
  };
};

export const stopLinks = async (): Promise<void> => {
  await Promise.all(running.splice(0).map((link) => link.shutdown()));
};
