import { isLeft } from 'fp-ts/Either';
import { isWithin, moment, windowOf, type Moment } from '../../../../adapters/tools/replay/moment';
import { rightOf } from '../../../support/either';

const utc = (text: string): number => Date.parse(text);
const END_MS = utc('2031-01-02T03:05:00Z');

describe('a moment', () => {
  it.each<[string, Moment]>([
    ['90', { kind: 'at', ms: 90_000 }],
    ['0.5s', { kind: 'at', ms: 500 }],
    ['02:57', { kind: 'timeOfDay', ms: 10_620_000 }],
    ['2:57:01.5', { kind: 'timeOfDay', ms: 10_621_500 }],
    ['2031-01-02', { kind: 'wall', ms: utc('2031-01-02T00:00:00Z') }],
    ['2031-01-02 03:04', { kind: 'wall', ms: utc('2031-01-02T03:04:00Z') }],
    ['2031-01-02T03:04:05.678Z', { kind: 'wall', ms: utc('2031-01-02T03:04:05.678Z') }],
    ['2031-01-02T03:04:05+02:00', { kind: 'wall', ms: utc('2031-01-02T01:04:05Z') }],
  ])('is read from %s', (text, expected) => {
    expect(rightOf(moment(text))).toEqual(expected);
  });

  it.each(['', 'yesterday', '25:00', '02:60', '-1', '1e9', '2031-13-01', '02:57 pm'])('is not read from %j', (text) => {
    expect(isLeft(moment(text))).toBe(true);
  });
});

describe('what is shown', () => {
  const window = (since: string | null, until: string | null) =>
    windowOf(since === null ? null : rightOf(moment(since)), until === null ? null : rightOf(moment(until)), END_MS);
  const wall = (text: string) => ({ kind: 'wall', ms: utc(text) });

  it('takes a time of day as the last one before the end of the log', () => {
    expect(window('03:00', null).since).toEqual(wall('2031-01-02T03:00:00Z'));
    expect(window('03:06', null).since).toEqual(wall('2031-01-01T03:06:00Z'));
  });

  it('takes the end after the beginning, also across midnight and past the end of the log', () => {
    expect(window('23:50', '00:10')).toEqual({
      since: wall('2031-01-01T23:50:00Z'),
      until: wall('2031-01-02T00:10:00Z'),
    });
    expect(window('02:57', '03:10')).toEqual({
      since: wall('2031-01-02T02:57:00Z'),
      until: wall('2031-01-02T03:10:00Z'),
    });
  });

  it('includes both ends, by the wall clock or by the seconds', () => {
    const at = (ms: number) => ({ seq: 1, at: ms, wallClockMs: END_MS + ms, desired: { cpu: 1, mem: 1 }, reason: '' });
    expect([999, 1000, 2000, 2001].map((ms) => isWithin(at(ms), window('1', '2')))).toEqual([false, true, true, false]);
    const byWall = window('2031-01-02T03:05:01', '2031-01-02T03:05:02');
    expect([999, 1000, 2000, 2001].map((ms) => isWithin(at(ms), byWall))).toEqual([false, true, true, false]);
  });
});
