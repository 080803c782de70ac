/** Memory and CPUs that were plugged count only once the guest has them in use; bringing CPUs online is our work. */
import type { EngineState } from '../../../../machines/monitor/engine/state';
import type { Engine } from '../../../../machines/monitor/engine/engine';
import { continueFrom, restartFrom, saveState } from '../../../../machines/monitor/engine/save';
import type { InputEvent } from '../../../../machines/monitor/events';
import { GIB, KIB, MIB, SECOND_MS } from '../../../../machines/shared/units';
import { units } from '../../../support/chart-events';
import { rightOf } from '../../../support/either';
import { expectRulesKept, story, type Story, type StoryOptions } from '../../../support/scenario';

afterEach(expectRulesKept);

const online = (count: number): InputEvent => ({ type: 'cpus.applied', id: 1, online: count });
const late: InputEvent = { type: 'cpus.failed', id: 1, reason: '2 of 4 CPUs are online, 2 are there' };

const HOTPLUG: StoryOptions = { statechart: { hotplugCpus: true } };

/** Eight units (2 CPUs), all in use, and an agent. */
const twoCpus = (options: StoryOptions = HOTPLUG): Story =>
  story(options)
    .has({ size: units(8) })
    .input(online(2))
    .beat()
    .connects();

const asked = (told: Story): unknown[] => told.commands('cpus.apply').map(({ count, surplus }) => [count, surplus]);

describe('CPUs', () => {
  it('without --hotplug-cpus are nobody’s business', () => {
    const told = story()
      .beat()
      .connects()
      .say('UpscaleNotification', { granted: units(8) });
    expect(told.runs(5 * SECOND_MS).commands('cpus.apply')).toEqual([]);
  });

  it('come online after a grant, up to the next whole number', () => {
    const told = twoCpus().say('UpscaleNotification', { granted: units(13) });
    expect(asked(told)).toEqual([
      [null, 'keep'],
      [4, 'keep'],
    ]);
  });

  it('follow the limits and go before the file cache', () => {
    const told = twoCpus({
      statechart: { hotplugCpus: true, protect: 'tripwire', hardLimit: true, fileCache: 'memory' },
    })
      .input({ type: 'fileCache.connected', id: 1, maxBytes: 8 * GIB })
      .input({ type: 'fileCache.resized', id: 1, sizeBytes: 512 * MIB })
      .runs(SECOND_MS, (ms) => ({ useBytes: GIB + ms * 100 * KIB }))
      .say('UpscaleNotification', { granted: units(13) });
    const commands = told.steps
      .at(-1)!
      .step.outputs.flatMap((output) => (output.type === 'command.issued' ? [output.command.type] : []));
    expect(commands.filter((type) => type !== 'tripwire.lift')).toEqual([
      'limits.apply',
      'cpus.apply',
      'fileCache.resize',
    ]);
  });

  it('go offline only after a downscale was approved', () => {
    const told = twoCpus()
      .runs(SECOND_MS)
      .say('DownscaleRequest', { target: units(1) });
    expect(told.sent('DownscaleResult')).toMatchObject([{ Ok: true }]);
    expect(asked(told).at(-1)).toEqual([1, 'offline']);
  });

  it('stay when the downscale is refused', () => {
    const told = twoCpus()
      .has({ useBytes: 3 * GIB })
      .runs(SECOND_MS)
      .say('DownscaleRequest', { target: units(1) });
    expect(told.sent('DownscaleResult')).toMatchObject([{ Ok: false }]);
    expect(asked(told)).toEqual([[null, 'keep']]);
  });

  it('that come late are tried again with a back-off until they are there', () => {
    const told = twoCpus()
      .say('UpscaleNotification', { granted: units(16) })
      .input(late);
    expect(told.waits(SECOND_MS - 1).commands('cpus.apply')).toHaveLength(2);
    expect(told.waits(1).commands('cpus.apply')).toHaveLength(3);
    told.input(late);
    expect(told.waits(2 * SECOND_MS).commands('cpus.apply')).toHaveLength(4);
    expect(
      told
        .input(online(4))
        .waits(10 * SECOND_MS)
        .commands('cpus.apply'),
    ).toHaveLength(4);
  });

  it('that somebody else took offline come back', () => {
    const told = twoCpus()
      .has({ size: units(4) })
      .beat();
    expect(told.waits(SECOND_MS).commands('cpus.apply')).toHaveLength(2);
    expect(
      told
        .has({ size: units(8) })
        .input(online(2))
        .runs(5 * SECOND_MS)
        .commands('cpus.apply'),
    ).toHaveLength(2);
  });
});

describe('a monitor that died', () => {
  const saved = (told: Story): unknown => JSON.parse(JSON.stringify(saveState(told.engine, told.state)));
  const again = (state: unknown, how: typeof restartFrom): Story =>
    story({ ...HOTPLUG, from: (engine: Engine): EngineState => rightOf(how(engine, state)) });

  it('behind its Ok to a downscale brings online what is granted, and takes none offline', () => {
    const told = twoCpus()
      .runs(SECOND_MS)
      .say('DownscaleRequest', { target: units(3) });
    expect(asked(again(saved(told), restartFrom))).toEqual([[1, 'keep']]);
  });

  it('behind a grant brings the CPUs online that were left offline', () => {
    const told = twoCpus().say('UpscaleNotification', { granted: units(13) });
    expect(asked(again(saved(told), restartFrom))).toEqual([[4, 'keep']]);
  });
});

describe('the state of a build that knew no CPUs', () => {
  it('is continued, with the region absent', () => {
    const told = story()
      .has({ size: units(8) })
      .beat();
    const old = JSON.parse(JSON.stringify(saveState(told.engine, told.state)), (key, value: unknown) =>
      key === 'cpus' || key === 'hotplugCpus' ? undefined : value,
    ) as unknown;
    expect(JSON.stringify(old)).not.toContain('hotplugCpus');
    const { statechart } = rightOf(continueFrom(told.engine, old));
    expect(statechart.value.cpus).toBe('absent');
    expect(statechart.context).toEqual(told.state.statechart.context);
  });
});

describe('a size (rule R11)', () => {
  const isSeen = (told: Story): boolean => told.state.domain.agreed;
  const granted = (): Story => twoCpus().say('UpscaleNotification', { granted: units(16) });

  it('is not believed while the memory that was plugged is not online', () => {
    const told = granted().has({ size: { ...units(16), mem: 8 * GIB } });
    expect(isSeen(told.runs(5 * SECOND_MS))).toBe(false);
    expect(isSeen(told.has({ size: units(16) }).beat())).toBe(true);
  });

  it('is not believed while the CPUs that were plugged are offline', () => {
    const told = granted().has({ size: { ...units(16), cpu: 2 } });
    expect(isSeen(told.runs(5 * SECOND_MS))).toBe(false);
    expect(isSeen(told.has({ size: units(16) }).beat())).toBe(true);
  });

  it('that is not online protects nothing: memory is short by what the kernel has', () => {
    const told = granted().has({ size: { ...units(16), mem: 8 * GIB } });
    told.runs(2 * SECOND_MS, (ms) => ({ useBytes: 5 * GIB + ms * 1300 * KIB }));
    expect(told.state.statechart.context.memory).toBe('critical');
  });
});
