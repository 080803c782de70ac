/** Agents that come, go and replace each other (rule R8). */
import { SECOND_MS } from '../../../../machines/shared/units';
import { obeying } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story } from '../../../support/scenario';

afterEach(expectRulesKept);

const busy = { busyCores: 1.4 };

describe('a new connection', () => {
  it('gets no request of ours before its first frame', () => {
    const told = story().beat().connects();
    expect(told.sent()).toEqual([]);
    told.say('HealthCheck', {});
    expect(told.sent()).toMatchObject([{ type: 'HealthCheck' }, { type: 'ScaleRequest', id: 3, target: units(2) }]);
  });

  it('is asked after 100 ms of silence', () => {
    const told = story().beat().connects().waits(99);
    expect(told.sent()).toEqual([]);
    told.waits(1);
    expect(told.sent()).toMatchObject([{ type: 'ScaleRequest', id: 3 }]);
  });

  it('has its replies before its first frame is even a known one: a malformed frame opens it too', () => {
    const told = story().beat().connects().hears('garbage');
    expect(told.sent()).toMatchObject([{ type: 'InvalidMessage', id: 0 }, { type: 'ScaleRequest' }]);
  });

  it('numbers our requests 3, 5, 7 …', () => {
    const told = story()
      .connects()
      .runs(10 * SECOND_MS, () => busy);
    const ids = told.sent('ScaleRequest').map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, i) => 3 + 2 * i));
  });
});

describe('an agent that is lost and comes back', () => {
  it('hears the present wish first, even if it is satisfied', () => {
    const told = story()
      .connects('1.1', obeying)
      .runs(10 * SECOND_MS)
      .loses()
      .runs(5 * SECOND_MS);
    const before = told.sent().length;
    told.connects('1.1', obeying).runs(SECOND_MS);
    expect(told.sent().slice(before)).toMatchObject([{ type: 'ScaleRequest', id: 3, target: units(2) }]);
  });

  it('hears what was decided while it was gone', () => {
    const told = story()
      .connects('1.1', obeying)
      .runs(10 * SECOND_MS)
      .loses()
      .runs(20 * SECOND_MS, () => busy);
    const decided = told.decisions().at(-1)!.desired;
    const before = told.sent().length;
    told.connects().waits(100);
    expect(told.sent().slice(before)).toMatchObject([{ type: 'ScaleRequest', target: decided }]);
  });

  it('within a second of our last wish waits for the rest of that second', () => {
    const told = story().beat().connects().waits(100);
    told.waits(300).loses().connects().waits(699);
    expect(told.sent()).toHaveLength(1);
    told.waits(1);
    expect(told.sent()).toMatchObject([{ at: 100 }, { at: 1100, id: 3 }]);
  });
});

describe('a newcomer', () => {
  it('replaces the agent, which is told to go with a reason', () => {
    const told = story().beat().connects().waits(200).connects().waits(1000);
    expect(told.commands('connection.close')).toEqual([
      { type: 'connection.close', conn: 'conn-1', code: 1000, reason: 'replaced by a newer connection' },
    ]);
    expect(told.sent().map(({ conn }) => conn)).toEqual(['conn-1', 'conn-2']);
  });

  it('is not forgotten when the replaced one is lost at last', () => {
    const told = story().beat().connects().connects();
    told.input({ type: 'agent.lost', conn: 'conn-1', reason: 'closed' });
    expect(told.state.statechart.context.conn?.id).toBe('conn-2');
  });

  it('makes the replaced one unheard', () => {
    const told = story().beat().connects().connects();
    told.hears('{"content":{},"type":"HealthCheck","id":4}', 'conn-1').hears('garbage', 'conn-1');
    expect(told.sent()).toEqual([]);
  });

  it('that fails its handshake replaces nobody', () => {
    const told = story().beat().connects().waits(200);
    told.input({ type: 'handshake.started', conn: 'conn-x', peer: '10.0.0.9:1' });
    told.input({ type: 'handshake.failed', conn: 'conn-x', reason: 'garbage' });
    expect(told.state.statechart.context.conn?.id).toBe('conn-1');
    expect(told.commands('connection.close')).toEqual([]);
  });
});
