import {
  gzipName,
  listSegments,
  logBytes,
  parseName,
  plainName,
  tempName,
} from '../../../../adapters/shared/event-log/segments';
import { logDir, removeTempDirs } from '../../../support/event-log';

afterAll(removeTempDirs);

describe('names of segments', () => {
  it('bear the first seq in twelve digits', () => {
    expect([plainName(17), gzipName(17), tempName(17)]).toEqual([
      '000000000017.ndjson',
      '000000000017.ndjson.gz',
      '000000000017.ndjson.gz.tmp',
    ]);
  });

  it.each([
    ['000000000017.ndjson', { firstSeq: 17, kind: 'plain' }],
    ['000000000017.ndjson.gz', { firstSeq: 17, kind: 'gzip' }],
    ['000000000017.ndjson.gz.tmp', { firstSeq: 17, kind: 'temp' }],
    ['000000000017.ndjson.broken', { firstSeq: 17, kind: 'broken' }],
    ['000000000017.ndjson.gz.broken', { firstSeq: 17, kind: 'broken' }],
  ])('are told apart: %s', (name, expected) => {
    expect(parseName(name)).toEqual({ name, ...expected });
  });

  it.each(['lock', '17.ndjson', '000000000017.ndjson.bak', '000000000017.json', '0000000000017.ndjson', ''])(
    'leave foreign files alone: "%s"',
    (name) => {
      expect(parseName(name)).toBeNull();
    },
  );
});

describe('listSegments', () => {
  it('gives plain and compressed segments in their order, and nothing else', async () => {
    const names = ['000000000100.ndjson', '000000000009.ndjson.gz', '000000000020.ndjson.gz', 'lock'];
    const others = ['000000000030.ndjson.broken', '000000000020.ndjson.gz.tmp'];
    const dir = await logDir(Object.fromEntries([...names, ...others].map((name) => [name, ''])));
    expect((await listSegments(dir)).map(({ name }) => name)).toEqual([
      '000000000009.ndjson.gz',
      '000000000020.ndjson.gz',
      '000000000100.ndjson',
    ]);
  });

  it('counts the plain file where a crash left both', async () => {
    const dir = await logDir({ '000000000001.ndjson': '', '000000000001.ndjson.gz': '' });
    expect((await listSegments(dir)).map(({ name }) => name)).toEqual(['000000000001.ndjson']);
  });
});

describe('logBytes', () => {
  it('counts all files of the log, also those that were set aside, and no others', async () => {
    const names = ['000000000001.ndjson.gz', '000000000002.ndjson.broken', '000000000003.ndjson', 'lock'];
    expect(await logBytes(await logDir(Object.fromEntries(names.map((name) => [name, '12345']))))).toBe(15);
  });

  it('rejects where there is no directory', async () => {
    await expect(logBytes('/nowhere/at/all')).rejects.toThrow('ENOENT');
  });
});
