/** VMs that share a host: our agent's core in the world, and the agent that gives to whom asks first. */
import { RiskWatch } from '../../../../machines/simulation/world/risk-watch';
import { runScenario } from '../../../../machines/simulation/world/run-scenario';
import type { SideName } from '../../../../machines/simulation/world/side-table';
import { GIB } from '../../../../machines/shared/units';
import { scenarioWith, StepRecorder } from '../../../support/world';

jest.setTimeout(300_000);

/** Eight VMs of 2 GiB that grow one after the other, on a host of 22 GiB. */
const SHORT_HOST = scenarioWith({
  minutes: 10,
  vm: { maxUnits: 4, initialUnits: 2 },
  load: [
    { kind: 'flat', anonMib: 300, cores: 0.15 },
    { kind: 'batch', atSeconds: 90, everySeconds: 3_600, forSeconds: 150, cores: 0.9, anonMib: 2_000 },
  ],
  fleet: { count: 8, hostShare: 0.6875, staggerSeconds: 45 },
});

const play = (side: SideName) => {
  const recorder = new StepRecorder();
  const { scores, vms } = runScenario(SHORT_HOST, side, 1, recorder);
  return { scores, vms, recorder, kills: vms.reduce((sum, vm) => sum + vm.scores.oomKills, 0) };
};

it('our agent serves VMs at risk first: none runs out of memory where first come, first served lets some', () => {
  const [ours, firstCome] = [play('headroom'), play('headroom-first-come')];
  expect(ours.kills).toBe(0);
  expect(firstCome.kills).toBeGreaterThan(0);
  expect(ours.scores.longestAtRiskSeconds).toBeLessThan(firstCome.scores.longestAtRiskSeconds);
});

it('our agent speaks to the monitors as it does elsewhere, and never gives more than the host has', () => {
  const { vms, recorder } = play('headroom');
  const texts = recorder.inputs.flatMap((input) => (input.type === 'frame.received' ? [input.text] : []));
  for (const type of ['VmInfo', 'UpscaleNotification', 'HealthCheck'])
    expect(texts.some((text) => text.includes(`"${type}"`))).toBe(true);
  const changes = vms.flatMap(({ sizes }, vm) => sizes.map(({ atMs, size }) => ({ atMs, vm, gib: size.mem / GIB })));
  const held = new Map<number, number>();
  for (const { vm, gib } of changes.sort((a, b) => a.atMs - b.atMs)) {
    held.set(vm, gib);
    expect([...held.values()].reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(22);
  }
});

it('a VM alone has the agent of the scenario on both sides', () => {
  const alone = scenarioWith({ load: [{ kind: 'flat', anonMib: 700, cores: 0.2 }] });
  expect(runScenario(alone, 'headroom-first-come', 1).vms).toEqual(runScenario(alone, 'headroom', 1).vms);
});

it('the longest time at risk is from a floor above the size until it is there, or until now', () => {
  const risk = new RiskWatch();
  risk.resized(0, 2 * GIB);
  risk.told(1_000, 2 * GIB);
  expect(risk.longestMs(5_000)).toBe(0);
  risk.told(5_000, 3 * GIB);
  risk.told(6_000, 3 * GIB);
  expect(risk.longestMs(6_500)).toBe(1_500);
  risk.resized(7_000, 3 * GIB);
  expect(risk.longestMs(60_000)).toBe(2_000);
  risk.told(61_000, 4 * GIB);
  risk.told(61_500, null);
  expect(risk.longestMs(90_000)).toBe(2_000);
});
