/** An embedded agent with short times against a monitor of the tests. */
import { filter, firstValueFrom, ReplaySubject, take, toArray } from 'rxjs';
import {
  startEmbeddedAgent,
  type EmbeddedAgent,
  type EmbeddedAgentEvent,
  type EmbeddedAgentOptions,
} from '../../../adapters/embedded-agent';
import { TIMING, type Timing } from '../../../adapters/embedded-agent/timing';
import { GIB } from '../../../machines/units';

type EventOf<T extends EmbeddedAgentEvent['type']> = Extract<EmbeddedAgentEvent, { type: T }>;

export interface TestedAgent {
  readonly agent: EmbeddedAgent;
  readonly told: readonly EmbeddedAgentEvent[];
  /** The n-th event of a type (from 1), also one that has been told already. */
  readonly nth: <T extends EmbeddedAgentEvent['type']>(n: number, type: T) => Promise<EventOf<T>>;
}

/** n units of 0.25 vCPU and 1 GiB. */
export const units = (n: number): { cpu: number; mem: number } => ({ cpu: n / 4, mem: n * GIB });

const OPTIONS: Omit<EmbeddedAgentOptions, 'url' | 'onEvent'> = {
  initial: units(2),
  min: units(1),
  max: units(8),
  unit: units(1),
  grantUpMs: 10,
  grantDownMs: 10,
};

const running: EmbeddedAgent[] = [];

export const startAgent = (
  url: string,
  options: Partial<EmbeddedAgentOptions> = {},
  timing: Partial<Timing> = {},
): TestedAgent => {
  const told: EmbeddedAgentEvent[] = [];
  const all = new ReplaySubject<EmbeddedAgentEvent>();
  all.subscribe((event) => told.push(event));
  const onEvent = (event: EmbeddedAgentEvent): void => {
    all.next(event);
  };
  const quick = { firstRetryMs: 10, longestRetryMs: 40 };
  const agent = startEmbeddedAgent({ ...OPTIONS, ...options, url, onEvent }, { ...TIMING, ...quick, ...timing });
  running.push(agent);
  return {
    agent,
    told,
    nth: async (n, type) => {
      const ofType = all.pipe(
        filter((event): event is EventOf<typeof type> => event.type === type),
        take(n),
        toArray(),
      );
      return (await firstValueFrom(ofType)).at(-1)!;
    },
  };
};

export const stopAgents = async (): Promise<void> => {
  await Promise.all(running.splice(0).map((agent) => agent.stop()));
};
