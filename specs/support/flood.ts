/** An agent that asks as fast as it is answered. */
import { GIB } from '../../machines/shared/units';
import type { TestAgent } from './test-agent';

/** A grant, a downscale request, a health check. Sizes vary, so that each is news, and wishes follow. */
const roundAt = (n: number): readonly object[] => [
  { type: 'UpscaleNotification', content: { granted: { cpu: 1 + (n % 4), mem: (2 + (n % 5)) * GIB } } },
  { type: 'DownscaleRequest', content: { target: { cpu: 1, mem: (1 + (n % 4)) * GIB } } },
  { type: 'HealthCheck', content: {} },
];

export const REQUESTS_A_ROUND = roundAt(0).length;

/**
 * Resolves with the number of ScaleRequests that came in between, when all is answered. The ids are even, as an agent's
 * are, and begin at `firstId`.
 */
export const flood = async (agent: TestAgent, rounds: number, firstId: number): Promise<number> => {
  let [id, wishes] = [firstId, 0];
  for (let n = 0; n < rounds; n += 1) {
    for (const message of roundAt(n)) {
      agent.send({ ...message, id });
      id += 2;
    }
    for (let answers = 0; answers < REQUESTS_A_ROUND;) {
      if ((await agent.next()).includes('"ScaleRequest"')) wishes += 1;
      else answers += 1;
    }
  }
  return wishes;
};
