/** Saved states of older builds: what they knew goes on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeLine } from '../../../../machines/core';
import { isRight } from 'fp-ts/Either';
import type { EngineState } from '../../../../machines/monitor/engine/state';
import { UNLEARNED } from '../../../../machines/monitor/engine/grant-latency';
import { continueFrom, rebootFrom, restartFrom, saveState } from '../../../../machines/monitor/engine/save';
import { upToDate } from '../../../../machines/monitor/engine/older-states';
import { MIB, MINUTE_MS, SECOND_MS } from '../../../../machines/shared/units';
import { obeying } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { rightOf } from '../../../support/either';
import { expectRulesKept, story, type Story } from '../../../support/scenario';

afterEach(expectRulesKept);

/** Four units, short of memory a moment ago. */
const told = (): Story =>
  story()
    .has({ size: units(4) })
    .connects('1.1', obeying)
    .runs(10 * SECOND_MS)
    .has({ useBytes: 3950 * MIB })
    .runs(2 * SECOND_MS)
    .has({ useBytes: 3000 * MIB })
    .beat();

const FLOOR = { size: units(5), until: 90_000 };

/** As a build of before November 2026 wrote it. */
const olderOf = ({ engine, state }: Story, { shrinkFloor = null }: { readonly shrinkFloor?: unknown } = {}) => {
  const { domain, statechart, policy } = saveState(engine, state);
  const { easingSince, reliefBytes, refaulted, shortage, sharedBaseBytes, ...rest } = domain;
  const { floors, lack, ...context } = statechart.context;
  expect([shortage, floors.shortage, lack, refaulted, sharedBaseBytes]).toEqual([
    expect.anything(),
    expect.anything(),
    null,
    null,
    0,
  ]);
  const step = { ms: 700, samples: 3 };
  return {
    policy: { ...policy, state: { sampler: {}, queue: {} } },
    domain: {
      ...rest,
      growth: { points: [[11_900, 100]], bytesPerS: 7 },
      sharedGrowth: { points: [], bytesPerS: 0 },
      latency: { up: { small: step, medium: step, large: step }, down: { small: step, medium: step, large: step } },
      pressure: { level: context.memory, betterSince: easingSince },
      escalation: { level: 'none', reliefBytes },
      breachFloor: floors.shortage,
      shrinkFloor,
    },
    statechart: { ...statechart, context },
  };
};

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a state of before', () => {
  it('goes on with its pressure level, its floors and all that the statechart held', () => {
    const now = told();
    const taken = rightOf(continueFrom(now.engine, plain(olderOf(now, { shrinkFloor: FLOOR }))));
    const { context, value } = now.state.statechart;
    expect(taken.statechart.context).toEqual({ ...context, floors: { ...context.floors, shrink: FLOOR }, lack: null });
    expect(taken.statechart.value).toEqual(value);
    expect(taken.statechart.context.memory).toBe('critical');
    expect(taken.domain.easingSince).toBe(now.state.domain.easingSince);
    expect(taken.domain.easingSince).not.toBeNull();
  });

  it('knows no more of grants, of the policy’s windows and of what it never knew', () => {
    const now = told();
    const { domain, policy } = rightOf(continueFrom(now.engine, plain(olderOf(now))));
    expect(domain).toMatchObject({
      latency: UNLEARNED,
      coveredSince: null,
      shortage: null,
      refaulted: null,
      sharedBaseBytes: 0,
    });
    expect(domain.growth).toMatchObject({ bytesPerS: 7, sustainedBytesPerS: 0 });
    expect(domain.stats).toEqual(now.state.domain.stats);
    expect(policy).toEqual(now.engine.policy.initial);
  });

  it('outlives a restart: the size is requested as before, and nothing less before the windows are full', () => {
    const now = told();
    const { desired, granted } = now.state.statechart.context;
    const from = (engine: Story['engine']): EngineState => rightOf(restartFrom(engine, plain(olderOf(now))));
    const after = story({ from, at: now.at + SECOND_MS }).has({ size: granted ?? units(4), useBytes: 512 * MIB });
    after.connects('1.1').runs(MINUTE_MS);
    expect(after.state.statechart.context.granted).toEqual(granted);
    expect(after.sent('ScaleRequest').map(({ target }) => target)).toEqual([desired]);
  });

  it('outlives another boot with its stats', () => {
    const now = told();
    const { domain } = rightOf(rebootFrom(now.engine, plain(olderOf(now))));
    expect(domain).toMatchObject({ latency: UNLEARNED, stats: now.state.domain.stats });
  });
});

it('a state of today is left as it is', () => {
  const { engine, state } = told();
  const saved = plain(saveState(engine, state));
  expect(upToDate(saved)).toBe(saved);
  expect(rightOf(continueFrom(engine, saved)).domain).toEqual(state.domain);
});

it.each([null, 'text', {}, { domain: { pressure: null }, statechart: {} }])('%j is left to the codec', (state) => {
  expect(upToDate(state)).toBe(state);
});

describe('the heads of the logs that are kept', () => {
  it.each(['restart', 'protection', 'upscale-granted', 'ladder-restart'])('of %s can be gone on from', (name) => {
    const lines = readFileSync(join(__dirname, '../../../replay', `${name}.ndjson`), 'utf8')
      .trimEnd()
      .split('\n');
    const saved = lines
      .map(decodeLine)
      .flatMap(({ event }) => (event.type === 'log.opened' && event.state !== null ? [event.state] : []));
    const { engine } = story({ sizing: { unit: { cpu: 1, mem: 512 * MIB }, min: { cpu: 1, mem: 512 * MIB } } });
    const read = saved.map((state) => continueFrom(engine, state));
    expect(read.map(isRight)).toEqual(saved.map(() => true));
    expect(saved.length).toBeGreaterThanOrEqual(name === 'protection' ? 0 : 1);
  });
});
