/**
 * Long random lives of a VM with all of protection: actuators that fail, agents that grant, deny and are
 * silent, growth of all kinds. What was in place is always undone, and no hold exceeds its budget.
 */
import { MIB, SECOND_MS } from '../../../../../machines/shared/units';
import { checkRules } from '../../../../rules';
import { denying, givingAtMost, obeying, silent } from '../../../../support/agents';
import { units } from '../../../../support/chart-events';
import { Grower, type Growth } from '../../../../support/grower';
import { mostWithin, totalMs, type ActuatorsPlan } from '../../../../support/actuators';
import { between, forRandom, pick, played, type Random } from '../../../../support/random';
import { Story } from '../../../../support/scenario';

const RUNS = 12;
const STAGES = 12;

const randomGrowth = (random: Random): Growth => ({
  bytesPerS: pick(random, [0, 20, 150, 500, 1500]) * MIB,
  kind: pick(random, ['anon', 'shared'] as const),
  cacheBytesPerS: pick(random, [0, 0, 300 * MIB]),
});

const live = (random: Random, plan: ActuatorsPlan, throttleMaxMs: number): Grower => {
  const told = new Story({
    statechart: { protect: 'full', hardLimit: random() < 0.5, throttleMaxMs },
    sizing: { max: pick(random, [units(2), units(4), null]) },
    actuators: plan,
  });
  const life = new Grower(told.connects('1.1', pick(random, [silent, denying, obeying, givingAtMost(units(3))])));
  for (let stage = 0; stage < STAGES; stage += 1) {
    life.grows(between(random, 1, 8) * SECOND_MS, randomGrowth(random));
    if (random() < 0.5) told.has({ useBytes: 512 * MIB, shmemBytes: 64 * MIB });
  }
  told.has({ useBytes: 512 * MIB, shmemBytes: 64 * MIB });
  return life.rests(40 * SECOND_MS);
};

describe('a long life (random)', () => {
  it('with actuators that work leaves nothing in place, keeps --throttle-max-ms in any 30 s, and an exact ledger', () => {
    let holds = 0;
    forRandom(RUNS, (random) => {
      const throttleMaxMs = pick(random, [500, 2000, 5000]);
      const { actuators, told } = live(random, { delayMs: pick(random, [2, 10, 60]) }, throttleMaxMs);
      expect(checkRules(told.trace)).toEqual([]);
      expect(actuators.isIdle).toBe(true);
      expect(mostWithin(actuators.held, 30 * SECOND_MS)).toBeLessThanOrEqual(throttleMaxMs);
      expect(told.state.domain.stats).toMatchObject({
        tripwireArmedMs: totalMs(actuators.armed),
        throttledMs: totalMs(actuators.held),
        shmCappedMs: totalMs(actuators.capped),
        statementsCancelled: actuators.cancelled,
      });
      holds += actuators.held.length;
    });
    expect(holds).toBeGreaterThan(played(RUNS));
  });

  it('with actuators that fail every third time leaves nothing in place either', () => {
    forRandom(RUNS, (random) => {
      const { actuators, told } = live(random, { fails: () => random() < 1 / 3 }, 5000);
      expect(checkRules(told.trace)).toEqual([]);
      expect(actuators.isIdle).toBe(true);
      expect(told.state.statechart.context.throttle.since).toBeNull();
    });
  });
});
