/** What --protect allows, who else has a say, the order of limits and cache, and what a restart keeps. */
import { isLeft } from 'fp-ts/Either';
import { rebootFrom, restartFrom, saveState } from '../../../../../machines/monitor/engine/save';
import type { Command } from '../../../../../machines/monitor/events/outputs';
import { GIB, MIB, SECOND_MS } from '../../../../../machines/shared/units';
import { obeying, silent } from '../../../../support/agents';
import { units } from '../../../../support/chart-events';
import { Grower } from '../../../../support/grower';
import { isProtection } from '../../../../support/actuators';
import { expectRulesKept, story, type Story, type StoryOptions } from '../../../../support/scenario';

afterEach(expectRulesKept);

const vm = (options: StoryOptions = {}, agent = silent): Grower =>
  new Grower(
    story({ sizing: { max: units(2) }, ...options })
      .has({ size: units(2) })
      .connects('1.1', agent)
      .runs(5 * SECOND_MS),
  );

const SHARED = { bytesPerS: 300 * MIB, kind: 'shared' } as const;

const used = (told: Story): Set<Command['type']> =>
  new Set(
    told.steps.flatMap(({ step }) =>
      step.outputs.flatMap((output) =>
        output.type === 'command.issued' && isProtection(output.command) ? [output.command.type] : [],
      ),
    ),
  );

describe('--protect', () => {
  const WIRE = ['tripwire.arm', 'tripwire.lift'];
  const HELD = [...WIRE, 'throttle.start', 'throttle.end'];

  it.each([
    ['observe', []],
    ['tripwire', WIRE],
    ['throttle', HELD],
    ['full', [...HELD, 'shmCap.apply', 'shmCap.remove', 'statement.cancel']],
  ] as const)('%s does what it allows in the same emergency, and nothing else', (protect, commands) => {
    const ramp = vm({ statechart: { protect, throttleMaxMs: 600 } })
      .grows(12 * SECOND_MS, SHARED)
      .rests(5 * SECOND_MS)
      .grows(20 * SECOND_MS, { bytesPerS: 300 * MIB })
      .rests(10 * SECOND_MS);
    expect([...used(ramp.told)].sort()).toEqual([...commands].sort());
  });

  it('observe writes no hard limit either', () => {
    expect([...used(vm({ statechart: { hardLimit: true } }).rests(5 * SECOND_MS).told)]).toEqual([]);
  });
});

describe('others', () => {
  it('who set a limit are counted, and not fought', () => {
    const { told } = vm({ statechart: { protect: 'full' } });
    told.input({ type: 'limit.foreign', file: 'memory.high', bytes: GIB });
    told.input({ type: 'limit.foreign', file: 'memory.max', bytes: null });
    expect(told.state.domain.stats.foreignLimits).toBe(2);
    expect([...used(told.runs(5 * SECOND_MS))]).toEqual([]);
  });

  it('a watchdog process that is lost leaves nothing in place', () => {
    const ramp = vm({ statechart: { protect: 'full' } }).grows(5 * SECOND_MS, { bytesPerS: 250 * MIB });
    ramp.told.input({ type: 'watchdog.lost', reason: 'killed' }).waits(100);
    expect(ramp.actuators.isIdle).toBe(true);
  });
});

describe('the hard limit', () => {
  const limited = (agent = silent): Grower =>
    vm({ sizing: { max: units(8) }, statechart: { protect: 'tripwire', hardLimit: true, fileCache: 'disk' } }, agent);

  it('stands above use by all that the VM can still give, and follows a grant', () => {
    const ramp = limited(obeying);
    const before = ramp.actuators.hardLimitBytes!;
    expect(before).toBeGreaterThan(1600 * MIB);
    expect(before).toBeLessThan(2048 * MIB);
    ramp.grows(10 * SECOND_MS, { bytesPerS: 200 * MIB });
    expect(ramp.told.size.mem).toBeGreaterThan(units(2).mem);
    expect(ramp.actuators.hardLimitBytes).toBeGreaterThan(before + 0.9 * GIB);
  });

  it('stays as it is while a downscale waits for the cache, and is lowered when the VM has shrunk', () => {
    const { told, actuators } = limited();
    told.input({ type: 'fileCache.connected', id: 1, maxBytes: 8 * GIB });
    told.input({ type: 'fileCache.resized', id: 1, sizeBytes: GIB });
    told.beat().say('DownscaleRequest', { target: units(1) });
    const before = actuators.hardLimitBytes;
    expect(told.sent('DownscaleResult')).toEqual([]);
    const cache = told.commands('fileCache.resize').at(-1)!;
    told.waits(100).input({ type: 'fileCache.resized', id: 2, sizeBytes: cache.sizeBytes }).waits(100).beat();
    expect(told.sent('DownscaleResult')).toMatchObject([{ Ok: true }]);
    expect(actuators.hardLimitBytes).toBe(before);
    told.has({ size: units(1) }).runs(SECOND_MS);
    expect(actuators.hardLimitBytes).toBeLessThan(before!);
  });

  it('is lifted when the cgroup cannot be read any more, and set again when it can', () => {
    const { told, actuators } = limited();
    told.has({ hasCgroup: false }).runs(2 * SECOND_MS);
    expect(actuators.hardLimitBytes).toBeNull();
    told.has({ hasCgroup: true }).runs(2 * SECOND_MS);
    expect(actuators.hardLimitBytes).not.toBeNull();
  });

  it('that cannot be written is tried for ever', () => {
    let failures = 6;
    const told = story({
      statechart: { protect: 'tripwire', hardLimit: true },
      actuators: { fails: ({ type }) => type === 'limits.apply' && (failures -= 1) >= 0 },
    }).runs(70 * SECOND_MS);
    expect(told.actuators.hardLimitBytes).not.toBeNull();
  });
});

describe('the ledger', () => {
  /** A hold, a trip and a cancelled statement. */
  const costly = (): Grower =>
    vm({ statechart: { protect: 'full', throttleMaxMs: 600 } })
      .grows(12 * SECOND_MS, { bytesPerS: 300 * MIB })
      .rests(5 * SECOND_MS);

  const again = (told: Story, how: typeof restartFrom): Story =>
    story({
      statechart: { protect: 'full' },
      at: told.at + 1000,
      from: (engine) => {
        const taken = how(engine, JSON.parse(JSON.stringify(saveState(told.engine, told.state))));
        if (isLeft(taken)) throw new Error(taken.left);
        return taken.right;
      },
    });

  it.each([restartFrom, rebootFrom])('survives %p', (how) => {
    const { told } = costly();
    const { stats } = told.state.domain;
    expect(stats.throttledMs).toBeGreaterThan(0);
    expect(stats.statementsCancelled).toBeGreaterThan(0);
    expect(again(told, how).state.domain.stats).toEqual(stats);
  });

  it('counts page cache that went while a limit stood, as the beat after it shows', () => {
    const { told, actuators } = vm({ statechart: { protect: 'tripwire' } }).grows(2 * SECOND_MS, {
      bytesPerS: 150 * MIB,
    });
    expect(actuators.armedSince).not.toBeNull();
    told.has({ cacheBytes: 56 * MIB });
    actuators.reflex();
    expect(told.state.domain.stats.cacheDroppedBytes).toBe(0);
    told.waits(1).beat();
    expect(told.state.domain.stats.cacheDroppedBytes).toBe(200 * MIB);
  });

  it('counts a regretted shrink once', () => {
    const told = story({ policy: 'goal-cu' })
      .has({ size: units(4), useBytes: 300 * MIB })
      .connects()
      .runs(61 * SECOND_MS)
      .say('DownscaleRequest', { target: units(1) });
    told.runs(2 * SECOND_MS).runs(2 * SECOND_MS, (ms) => ({ useBytes: 300 * MIB + (ms * MIB) / 4 }));
    expect(told.state.domain.stats.prematureDownscales).toBe(1);
  });
});
