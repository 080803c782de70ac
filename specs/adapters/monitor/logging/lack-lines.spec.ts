/** A lack that no larger size mends: what is logged of it, and how often. */
import { lackLine, watchLack } from '../../../../adapters/monitor/logging/lack-lines';
import { warning } from '../../../../adapters/shared/logging/event-line';
import { initialContext, type Lack } from '../../../../machines/monitor/statechart/context';
import { monitorMachine } from '../../../../machines/monitor/statechart/monitor.machine';
import { CHART_CONFIG } from '../../../support/chart';
import { MONITOR_WORDS, sentenceOf } from '../../../support/sentence';

const KERNEL: Lack = { of: 'kernelZones', path: null };
const LIMIT: Lack = { of: 'foreignLimit', path: '/pods/a' };

const stateWith = (lack: Lack | null) => ({
  statechart: monitorMachine.resolveState({ value: {}, context: { ...initialContext(CHART_CONFIG), lack } }),
});

/** What each state of a run has logged. */
const loggedBy = (...lacks: readonly (Lack | null)[]): unknown[] => {
  const logged: unknown[] = [];
  const watch = watchLack({ warn: (msg, fields) => logged.push(warning(msg, fields).fields['of']) });
  for (const lack of lacks) watch(stateWith(lack));
  return logged;
};

describe('a lack', () => {
  it.each<[Lack, string]>([
    [
      KERNEL,
      'a larger size does not help: memory from which the kernel itself can allocate nears its end; ' +
        'boot the VM with more memory, or bring plugged memory online for the kernel too (kernelcore=, online_policy=auto-movable)',
    ],
    [LIMIT, 'a larger size does not help: memory.max of /pods/a nears its end; raise memory.max of /pods/a'],
    [
      { of: 'fruitless', path: null },
      'a larger size does not help: the last larger sizes have not helped, so no more is asked for their sake for a while; ' +
        'look for what else limits Postgres',
    ],
  ])('%j is a warning that names its cure', (lack, sentence) => {
    expect(lackLine(lack).level).toBe('warn');
    expect(sentenceOf(lackLine(lack), MONITOR_WORDS)).toBe(sentence);
  });

  it('bears what programs ask for: of what, and of which cgroup', () => {
    expect(lackLine(LIMIT)).toMatchObject({
      msg: 'a larger size does not help',
      fields: { of: 'foreignLimit', path: '/pods/a' },
    });
    expect(lackLine(KERNEL).fields).not.toHaveProperty('path');
  });

  it('is logged when it begins, and not while it lasts, in however many states', () => {
    expect(loggedBy(null, null, KERNEL, KERNEL, { ...KERNEL })).toEqual(['kernelZones']);
  });

  it('is logged again when it begins again, or is another one', () => {
    expect(loggedBy(KERNEL, null, KERNEL)).toEqual(['kernelZones', 'kernelZones']);
    expect(loggedBy(KERNEL, LIMIT, { ...LIMIT, path: '/pods' })).toEqual([
      'kernelZones',
      'foreignLimit',
      'foreignLimit',
    ]);
  });

  it('is not logged where there is none', () => {
    expect(loggedBy(null, null)).toEqual([]);
  });
});
