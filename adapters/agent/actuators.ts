/** Carries out the commands for one VM: its hypervisor and its metrics. Each command ends in one outcome. */
import * as E from 'fp-ts/Either';
import type { AgentCommand, AgentInput } from '../../machines/agent/events';
import type { VmPlace } from './agent-config';
import type { Hypervisor } from './hypervisor/hypervisor';
import { parseMetrics } from './parse-metrics';
import { scrape } from './scrape';

/** Never rejects unless a broken invariant of ours shows. */
export const carryOut = async (
  { name: vm, metricsUrl }: VmPlace,
  hypervisor: Hypervisor,
  id: number,
  command: Exclude<AgentCommand, { type: 'session.close' }>,
): Promise<AgentInput> => {
  const ended = <A>(result: E.Either<string, A>, event: (value: A) => AgentInput): AgentInput =>
    E.isLeft(result) ? { type: 'hypervisor.failed', vm, id, reason: result.left } : event(result.right);
  const taken = (): AgentInput => ({ type: 'hypervisor.taken', vm, id });

  switch (command.type) {
    case 'hypervisor.describe':
      return ended(await hypervisor.describe(), (bounds) => ({ type: 'hypervisor.described', vm, id, ...bounds }));
    case 'hypervisor.observe':
      return ended(await hypervisor.observed(), (size) => ({ type: 'hypervisor.observed', vm, id, size }));
    case 'hypervisor.requestMemory':
      return ended(await hypervisor.requestMemory(command.memBytes), taken);
    case 'hypervisor.requestCpu':
      return ended(await hypervisor.requestCpu(command.cpu), taken);
    case 'metrics.scrape': {
      const text = metricsUrl === null ? E.left('no --metrics-url') : await scrape(metricsUrl);
      const system = E.chain(parseMetrics)(text);
      return E.isLeft(system)
        ? { type: 'metrics.failed', vm, id, reason: system.left }
        : { type: 'metrics.scraped', vm, id, system: system.right };
    }
  }
};
