/**
 * Recorded logs, kept for ever: today's core must still give exactly what they say, but for what REDECIDED lists.
 * How they are made, and what to do when a difference is meant: record.ts.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { roleOf } from '../../adapters/shared/event-log/read';
import { replayEventLog, describeDivergence } from '../../adapters/tools/replay';
import { scriptOf } from './script';
import { AGENT, MONITOR } from './showings';

const MAX_BYTES = 100 * 1024;

/** Logs that today's core answers otherwise, on purpose; docs/replay.md says why. */
const REDECIDED: ReadonlySet<string> = new Set([
  'denied-then-granted.ndjson',
  'downscale-refused-then-allowed.ndjson',
  'downscale-shared-memory-once.ndjson',
  'old-agent.ndjson',
  'protection.ndjson',
  'restart.ndjson',
  'upscale-granted.ndjson',
]);

const logs = readdirSync(__dirname).filter((name) => name.endsWith('.ndjson'));

/** What today's core makes of the log, and where it differs: the log is of another build, so all that differs counts. */
const replayed = async (path: string): Promise<string> => {
  const script = (await roleOf(path)) === 'agent' ? await scriptOf(path, AGENT) : await scriptOf(path, MONITOR);
  const { first, divergences, redecided } = await replayEventLog(path);
  if (first === null) return script;
  return `${script}DIVERGENCE: ${describeDivergence(first)}, the first of ${divergences + redecided}\n`;
};

it('there are the stories that the recorder tells', () => {
  const stories = [
    'agent',
    'denied-then-granted',
    'downscale-refused-then-allowed',
    'downscale-shared-memory-once',
    'ladder-denied-then-granted',
    'ladder-downscale-refused-then-allowed',
    'ladder-old-agent',
    'ladder-protection',
    'ladder-restart',
    'old-agent',
    'protection',
    'restart',
    'upscale-granted',
  ];
  expect(logs.sort()).toEqual(stories.map((story) => `${story}.ndjson`));
});

it('no recorded log has changed', () => {
  const sums = logs.map(
    (name) =>
      `${createHash('sha256')
        .update(readFileSync(join(__dirname, name)))
        .digest('hex')}  ${name}\n`,
  );
  expect(sums.join('')).toBe(readFileSync(join(__dirname, 'golden.sha256'), 'utf8'));
});

describe.each(logs)('%s', (name) => {
  const path = join(__dirname, name);

  it('is small', () => {
    expect(statSync(path).size).toBeLessThan(MAX_BYTES);
  });

  it('replays to the script that was kept, with a divergence only where that is listed', async () => {
    const goldenPath = path.replace(/\.ndjson$/, '.golden.txt');
    const text = await replayed(path);
    expect(text.includes('DIVERGENCE')).toBe(REDECIDED.has(name));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(goldenPath, text);
    expect(text).toBe(readFileSync(goldenPath, 'utf8'));
  });
});

it('docs/replay.md names each log that is decided otherwise now', () => {
  const docs = readFileSync(join(__dirname, '../../docs/replay.md'), 'utf8');
  for (const name of REDECIDED) expect(docs).toContain(`\`${name}\``);
});
