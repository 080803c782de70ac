/** A log is read in little memory however long it is: a start leaves nothing behind of what it has read. */
import { join } from 'node:path';
import * as t from 'io-ts';
import { lineBatches } from '../../../../adapters/shared/event-log/line-batches';
import { readSegment } from '../../../../adapters/shared/event-log/read-segment';
import { createSequenceCheck } from '../../../../machines/shared/events/sequence';
import { Envelope } from '../../../../machines/monitor/events/logged';
import { beat, count, head, line, logDir, removeTempDirs } from '../../../support/event-log';
import { READ_BYTES } from '../../../../adapters/shared/event-log/regular-file';

const LINES = 5_000;
const longSegment = async (): Promise<string> => {
  const text = count(2, LINES).map((seq) => line(seq, beat()));
  return join(await logDir({ 'long.ndjson': line(1, head()) + text.join('') }), 'long.ndjson');
};

afterAll(removeTempDirs);

it('takes the bytes of a segment through one buffer', async () => {
  const buffers = new Set<ArrayBufferLike>();
  let lines = 0;
  for await (const batch of lineBatches(await longSegment())) {
    lines += batch.length;
    // The first line of a batch may be put together from two pieces.
    for (const bytes of batch.slice(1)) buffers.add(bytes.buffer);
    expect(batch.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(2 * READ_BYTES);
  }
  expect(lines).toBe(LINES);
  expect([...buffers].map(({ byteLength }) => byteLength)).toEqual([READ_BYTES]);
});

it('decodes each event when it is taken, and none before', async () => {
  let decoded = 0;
  const counting = new t.Type<Envelope>(
    'counting',
    (value): value is Envelope => {
      decoded += 1;
      return Envelope.is(value);
    },
    Envelope.validate,
    Envelope.encode,
  );
  let taken = 0;
  for await (const { seq } of readSegment(await longSegment(), counting, { inSequence: createSequenceCheck() })) {
    taken += 1;
    expect({ seq, decoded }).toEqual({ seq: taken, decoded: taken });
  }
  expect(taken).toBe(LINES);
});
