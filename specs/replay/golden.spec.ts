/**
 * Recorded logs, kept for ever: today's core must still give exactly what they say. How they are made,
 * and what to do when a difference is meant: record.ts.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatSize } from '../../adapters/logging/frame-lines';
import { describeDivergence } from '../../adapters/replay/describe';
import type { Taken } from '../../machines/core/replay';
import { monitorReplay } from '../../machines/engine/replay';
import type { Envelope, OutputEvent } from '../../machines/events';
import { readAll } from '../support/event-log';

const MAX_BYTES = 100 * 1024;

const logs = readdirSync(__dirname).filter((name) => name.endsWith('.ndjson'));

const linesOf = ({ at }: Envelope, { decided, divergences }: Taken<OutputEvent>): string[] => [
  ...(decided?.type === 'size.decided' ? [`${at} ms  ${formatSize(decided.desired)}  ${decided.reason}`] : []),
  ...divergences.map((divergence) => `DIVERGENCE: ${describeDivergence(divergence)}`),
];

/** What today's core decides, as text, and that it decides otherwise than the log says. */
const replayed = async (path: string): Promise<string> => {
  const envelopes = await readAll(path);
  const head = envelopes[0]?.event;
  if (head?.type !== 'log.opened') throw new Error(`${path} does not begin with log.opened`);
  // With the log's own build all differences count.
  const replay = monitorReplay(head.build);
  return envelopes
    .flatMap((envelope) => linesOf(envelope, replay.take(envelope)))
    .map((line) => `${line}\n`)
    .join('');
};

it('there are the stories that the recorder tells', () => {
  const stories = [
    'denied-then-granted',
    'downscale-refused-then-allowed',
    'old-agent',
    'protection',
    'restart',
    'upscale-granted',
  ];
  expect(logs.sort()).toEqual(stories.map((story) => `${story}.ndjson`));
});

describe.each(logs)('%s', (name) => {
  const path = join(__dirname, name);

  it('is small', () => {
    expect(statSync(path).size).toBeLessThan(MAX_BYTES);
  });

  it('replays without a divergence to the decisions that were kept', async () => {
    const goldenPath = path.replace(/\.ndjson$/, '.golden.txt');
    const text = await replayed(path);
    expect(text).not.toContain('DIVERGENCE');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(goldenPath, text);
    expect(text).toBe(readFileSync(goldenPath, 'utf8'));
  });
});
