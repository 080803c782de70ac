import { crc32, tableCrc32 } from '../../../../adapters/shared/event-log/crc32';
import { mulberry32 } from '../../../support/prng';

describe('crc32', () => {
  it.each([
    ['', 0],
    ['123456789', 0xcbf43926],
    ['größer → 12 €', 0],
  ])('of %j is the same by zlib and by the table', (text, known) => {
    const bytes = Buffer.from(text);
    expect(tableCrc32()(bytes)).toBe(crc32(bytes));
    if (known !== 0) expect(crc32(bytes)).toBe(known);
  });

  it('of random bytes is the same by zlib and by the table', () => {
    const random = mulberry32(1);
    const byTable = tableCrc32();
    for (let length = 0; length < 200; length += 1) {
      const bytes = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
      expect(byTable(bytes)).toBe(crc32(bytes));
    }
  });
});
