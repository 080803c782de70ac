import { left, right } from 'fp-ts/Either';
import { parseIoStat } from '../../../../../adapters/monitor/kernel/parse/io-stat';
import { rightOf } from '../../../../support/either';
import { ioStatText } from '../../../../support/kernel-texts';
import { mulberry32 } from '../../../../support/prng';

const USED = { readBytes: 4096, writtenBytes: 8192, reads: 1, writes: 1 };

describe('io.stat', () => {
  it.each([
    [
      'two devices',
      ioStatText(8192),
      { '8:0': USED, '259:1': { readBytes: 8192, writtenBytes: 0, reads: 2, writes: 0 } },
    ],
    ['CRLF', ioStatText(8192).split('\n', 1).join('') + '\r\n', { '8:0': USED }],
    ['no device yet', '', {}],
    ['an empty line', '\n', {}],
    ['a device without counters', '7:0 \n8:0 rbytes=4096 wbytes=8192 rios=1 wios=1\n', { '8:0': USED }],
    [
      'devices without counters in the same line',
      '7:0 7:1 8:0 rbytes=4096 wbytes=8192 rios=1 wios=1\n',
      { '8:0': USED },
    ],
    ['counters that are new to us', '8:0 cost.usage=7 rbytes=4096 wbytes=8192 rios=1 wios=1 dios=0\n', { '8:0': USED }],
  ])('is read: %s', (_what, text, expected) => {
    expect(parseIoStat('file', text)).toEqual(right(expected));
  });

  it('is read up to 32 devices', () => {
    const text = Array.from({ length: 40 }, (_, minor) => `8:${minor} rbytes=1 wbytes=1 rios=1 wios=1\n`).join('');
    expect(Object.keys(rightOf(parseIoStat('file', text)))).toHaveLength(32);
  });

  it.each([
    ['garbage', 'garbage\n', { line: 1, message: 'found "garbage", expected a device such as 8:0' }],
    ['a missing counter', '8:0 rbytes=1 wbytes=1 rios=1\n8:1 wios=1\n', { message: 'wios= of a device is missing' }],
    [
      'a negative number',
      '8:0 rbytes=-1 wbytes=1 rios=1 wios=1\n',
      { line: 1, message: 'found "-1", expected a whole number from 0' },
    ],
  ])('is refused: %s', (_fault, text, error) => {
    expect(parseIoStat('file', text)).toEqual(left({ file: 'file', ...error }));
  });

  it('never throws on mutated or hostile texts (seed 7)', () => {
    const random = mulberry32(7);
    const pick = (limit: number): number => Math.floor(random() * limit);
    const text = ioStatText(8192);
    const mutated = Array.from({ length: 500 }, () => {
      const at = pick(text.length);
      return text.slice(0, at) + String.fromCharCode(pick(128)) + text.slice(at + pick(4));
    });
    const hostile = ['9', ' ', '\n', '8:0 ', '8:0 rbytes='].map((piece) =>
      piece.repeat(Math.floor(262_144 / piece.length)),
    );
    for (const each of [...mutated, ...hostile]) expect(['Left', 'Right']).toContain(parseIoStat('file', each)._tag);
  });
});
