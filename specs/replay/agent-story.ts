/**
 * The golden story of the agent, told in simulated time, since no guest gives memory slowly on demand: two
 * monitors that wish share a host with an old one, which goes by its metrics.
 */
import { GIB } from '../../machines/shared/units';
import { agentWorld, type AgentWorld } from '../support/agent-world';
import { units } from '../support/chart-events';

/** A guest that takes and gives 2 GiB a second, so that a shrink can be seen on its way. */
const SLOW = { bytesPerMs: (2 * GIB) / 1000 };

/** Both wish; the host has not all of it, and is asked again. */
const fill = (world: AgentWorld): void => {
  world.connects('first').wishes('first', units(4)).runs(3000);
  world.connects('second').wishes('second', units(8)).runs(3000);
  world.wishes('second', units(20)).runs(500);
};

/** The first gives up two units, wants them back while they go, and then gives up one after all; the second waits for it. */
const turnRound = (world: AgentWorld): void => {
  world.wishes('first', units(2)).runs(400);
  world.wishes('first', units(4)).runs(1500);
  world.behaves('first', { agrees: false }).wishes('first', units(3)).runs(1000);
  world.behaves('first', { agrees: true }).runs(7000);
};

/** A monitor of v1.0 without wishes: its metrics and its cries for memory size it. */
const goByMetrics = (world: AgentWorld): void => {
  world.wishes('second', units(2)).runs(4000);
  world.system = { ...world.system, memoryUsageBytes: 1.5 * GIB };
  world.connects('old', '1.0').runs(6000);
  world.hears('old', { type: 'UpscaleRequest', id: 3 }).runs(3000);
  world.system = { ...world.system, memoryUsageBytes: GIB / 2 };
  world.runs(12_000);
};

export const tellAgent = (): AgentWorld => {
  const vms = ['first', 'second', 'old'];
  const world = agentWorld({ vms, capacity: units(9), metrics: true });
  for (const name of vms) world.behaves(name, SLOW);
  fill(world);
  turnRound(world);
  goByMetrics(world);
  return world;
};
