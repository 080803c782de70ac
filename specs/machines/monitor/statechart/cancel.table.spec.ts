/** What every event does in every state of the region `cancel`, and the guards that its table cannot show. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { CHART_CONFIG, context, resultOf, stepFrom, testTable, type Table } from '../../../support/chart';
import { SAMPLES } from '../../../support/chart-events';

const TABLE: Table<'cancel'> = {
  observing: {
    'monitor.started': { to: 'ready' },
  },
  ready: {
    'escalation.changed': { to: 'cancelling', does: ['statement.cancel'] },
  },
  cancelling: {
    'statement.cancelled': { to: 'settling', does: ['+cancel'] },
    'statement.failed': { to: 'settling', does: ['+cancel'] },
  },
  settling: {
    'cancel.settled': { to: 'ready' },
  },
};

const full = (escalation: MonitorContext['escalation'] = 'none'): MonitorContext =>
  context({ config: { ...CHART_CONFIG, protect: 'full' }, escalation });

testTable('cancel', TABLE, { observing: full(), ready: full(), cancelling: full('cancel'), settling: full() });

describe('cancel', () => {
  it.each(['observe', 'tripwire', 'throttle'] as const)('stays away with --protect %s', (protect) => {
    const forbidden = context({ config: { ...CHART_CONFIG, protect } });
    const step = stepFrom('cancel', 'observing', forbidden, SAMPLES['monitor.started']);
    expect(resultOf('cancel', step)).toEqual({ to: 'observing', does: [] });
  });

  it.each(['throttle', 'shmCap'] as const)('does not follow a level that only asks to %s', (escalation) => {
    const step = stepFrom('cancel', 'ready', full(), { ...SAMPLES['escalation.changed'], level: escalation });
    expect(resultOf('cancel', step)).toEqual({ to: 'ready', does: [] });
  });

  it('chooses the next statement a second later, when the level is the same', () => {
    const settled = stepFrom('cancel', 'cancelling', full('cancel'), SAMPLES['statement.cancelled']);
    expect(settled.timers).toMatchObject([{ id: 'cancel', name: 'cancel.settled', delayMs: 1000 }]);
    const again = stepFrom('cancel', 'settling', full('cancel'), SAMPLES['cancel.settled']);
    expect(resultOf('cancel', again)).toEqual({ to: 'cancelling', does: ['statement.cancel'] });
  });
});
