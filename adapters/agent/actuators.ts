/** What carries out the commands for one VM: its hypervisor and its metrics. Each command ends in one outcome. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { AgentCommand, AgentInput } from '../../machines/agent/events';
import type { Hypervisor } from './hypervisor/hypervisor';
import { parseMetrics } from './parse-metrics';
import { scrape } from './scrape';

export type ActuatorCommand = Exclude<AgentCommand, { type: 'session.close' }>;

export interface VmActuators {
  /** Never rejects unless a broken invariant of ours shows. */
  perform(id: number, command: ActuatorCommand): Promise<AgentInput>;
  close(): Promise<void>;
}

export const actuatorsOf = (vm: string, hypervisor: Hypervisor, metricsUrl: string | null): VmActuators => {
  const outcome =
    (id: number) =>
    <A>(result: Either<string, A>, event: (value: A) => AgentInput): AgentInput =>
      E.isLeft(result) ? { type: 'hypervisor.failed', vm, id, reason: result.left } : event(result.right);

  const scraped = async (id: number): Promise<AgentInput> => {
    const text = metricsUrl === null ? E.left('no --metrics-url') : await scrape(metricsUrl);
    const system = E.chain(parseMetrics)(text);
    return E.isLeft(system)
      ? { type: 'metrics.failed', vm, id, reason: system.left }
      : { type: 'metrics.scraped', vm, id, system: system.right };
  };

  const taken = (id: number) => (): AgentInput => ({ type: 'hypervisor.taken', vm, id });

  return {
    perform: async (id, command) => {
      const ended = outcome(id);
      switch (command.type) {
        case 'hypervisor.describe':
          return ended(await hypervisor.describe(), (bounds) => ({ type: 'hypervisor.described', vm, id, ...bounds }));
        case 'hypervisor.observe':
          return ended(await hypervisor.observed(), (size) => ({ type: 'hypervisor.observed', vm, id, size }));
        case 'hypervisor.requestMemory':
          return ended(await hypervisor.requestMemory(command.memBytes), taken(id));
        case 'hypervisor.requestCpu':
          return ended(await hypervisor.requestCpu(command.cpu), taken(id));
        case 'metrics.scrape':
          return scraped(id);
      }
    },
    close: () => hypervisor.close(),
  };
};
