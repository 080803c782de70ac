/** The modelled agent: what it grants, when, and what it does not. */
import { runScenario } from '../../../../machines/simulation/world/run-scenario';
import { GIB } from '../../../../machines/shared/units';
import { scenarioWith, StepRecorder } from '../../../support/world';

/** 1 GiB in use, and 2 GiB more from the third minute on. */
const GROWING = {
  vm: { maxUnits: 16, initialUnits: 2 },
  load: [
    { kind: 'flat', anonMib: 1024, cores: 0.1 },
    { kind: 'storm', connections: 100, mibEach: 20, atSeconds: 180, withinSeconds: 60, forSeconds: 240 },
  ],
};

const play = (agent: Readonly<Record<string, unknown>>, load: readonly object[] = GROWING.load, minutes = 6) => {
  const recorder = new StepRecorder();
  const run = runScenario(scenarioWith({ ...GROWING, minutes, load, agent }), 'headroom', 1, recorder);
  const typesOf = (type: string) =>
    recorder.inputs.filter((input) => input.type === 'frame.received' && input.text.includes(`"${type}"`));
  return { ...run, recorder, typesOf, sizes: run.vms[0]?.sizes ?? [] };
};

it('says what the VM has, grants more after its time, and less after the monitor has agreed', () => {
  const { scores, typesOf, recorder } = play({ up: { kind: 'fixed', ms: 700 } }, GROWING.load, 10);
  expect(typesOf('VmInfo')).toHaveLength(1);
  expect(typesOf('UpscaleNotification').length).toBeGreaterThan(0);
  expect(typesOf('DownscaleRequest').length).toBeGreaterThan(0);
  expect(scores.oomKills).toBe(0);
  expect(scores.finalGib).toBeLessThan(scores.largestGib);
  const sent = recorder.steps.find(({ step }) =>
    step.outputs.some((output) => output.type === 'frame.sent' && output.text.includes(`"mem":${3 * GIB}`)),
  );
  const [granted] = typesOf('UpscaleNotification');
  // On the wire for a millisecond each way.
  expect((granted?.at ?? 0) - (sent?.at ?? 0)).toBe(702);
});

it('denies, and the monitor asks again', () => {
  const { scores, typesOf } = play({ denyShare: 1 }, GROWING.load, 4);
  expect(typesOf('ScaleDenied').length).toBeGreaterThan(3);
  expect(typesOf('UpscaleNotification')).toHaveLength(0);
  expect(scores.denialsAnHour).toBeGreaterThan(0);
  expect(scores.largestGib).toBe(2);
});

it('loses requests, and the monitor asks again', () => {
  const { scores, typesOf } = play({ loseShare: 1 }, GROWING.load, 4);
  expect(typesOf('ScaleDenied')).toHaveLength(0);
  expect(scores.requestsAnHour).toBeGreaterThan(20);
  expect(scores.largestGib).toBe(2);
});

it('grants a part, and the rest when it is asked again', () => {
  const load = [{ kind: 'batch', atSeconds: 120, everySeconds: 3_600, forSeconds: 300, cores: 3 }];
  const whole = play({}, load);
  const half = play({ partialShare: 1 }, load);
  expect(half.typesOf('UpscaleNotification').length).toBeGreaterThan(whole.typesOf('UpscaleNotification').length);
});

it('that is started anew has forgotten the request, and gets it again', () => {
  const { recorder } = play({ restartsAtSeconds: [100] });
  const types = recorder.inputs.map(({ type }) => type).filter((type) => type.startsWith('agent.'));
  expect(types).toEqual(['agent.connected', 'agent.lost', 'agent.connected']);
});

it('an old one answers InvalidMessage, and sizes by itself', () => {
  const { typesOf, scores } = play({ protocol: 'old' });
  expect(typesOf('InvalidMessage').length).toBeGreaterThan(0);
  expect(typesOf('UpscaleNotification').length).toBeGreaterThan(0);
  expect(scores.oomKills).toBe(0);
});

it('one host has room for so much: who comes later waits until others shrink', () => {
  const fleet = { count: 4, hostShare: 0.5, staggerSeconds: 0 };
  const load = [{ kind: 'batch', atSeconds: 120, everySeconds: 3_600, forSeconds: 300, cores: 0.2, anonMib: 2_500 }];
  const vms = runScenario(
    scenarioWith({ minutes: 15, vm: { maxUnits: 4, initialUnits: 1 }, load, fleet }),
    'headroom',
    1,
  ).vms;
  const total = vms.reduce((sum, { scores }) => sum + scores.largestGib, 0);
  expect(vms).toHaveLength(4);
  expect(vms.some(({ scores }) => scores.denialsAnHour > 0)).toBe(true);
  expect(total).toBeGreaterThan(4);
  // At no moment do they have more than the host.
  const changes = vms.flatMap(({ sizes }, vm) => sizes.map(({ atMs, size }) => ({ atMs, vm, gib: size.mem / GIB })));
  const held = new Map<number, number>();
  for (const { vm, gib } of changes.sort((a, b) => a.atMs - b.atMs)) {
    held.set(vm, gib);
    expect([...held.values()].reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(8);
  }
});
