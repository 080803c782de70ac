/**
 * The four figures of Prometheus' text format that the sizing formula needs, under the names of
 * Vector's host_metrics. Total: a line that cannot be read counts as missing, and is named.
 */
import * as E from 'fp-ts/Either';
import type { TypeOf } from 'io-ts';
import type { ScrapedMetrics } from '../../machines/agent/events';
import { USAGE_RESERVE_BYTES } from '../../machines/shared/goal-cu/formula';

const NAMES = [
  'host_load1',
  'host_load5',
  'host_memory_total_bytes',
  'host_memory_available_bytes',
  'host_memory_cached_bytes',
] as const;
type Name = (typeof NAMES)[number];

/** name, labels, value, timestamp; https://prometheus.io/docs/instrumenting/exposition_formats/ */
const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{[^}]*\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*$/;

const isWanted = (name: string): name is Name => NAMES.some((wanted) => wanted === name);

/** Longest piece of a line in a reason. */
const QUOTED_CHARS = 60;

const quoted = (line: string): string => JSON.stringify(line.slice(0, QUOTED_CHARS));

/** Left: the first line that is wrong, or the names that are missing. The first sample of a name counts. */
export const parseMetrics = (text: string): E.Either<string, TypeOf<typeof ScrapedMetrics>> => {
  const found = new Map<Name, number>();
  for (const line of text.split(/\r?\n/)) {
    const name = /^[\w:]+/.exec(line)?.[0] ?? '';
    if (!isWanted(name) || found.has(name)) continue;
    const value = Number(SAMPLE.exec(line)?.[2] ?? NaN);
    if (!Number.isFinite(value) || value < 0) return E.left(`${quoted(line)}: expected ${name} with a number >= 0`);
    found.set(name, value);
  }
  const missing = NAMES.filter((name) => !found.has(name));
  if (missing.length > 0) return E.left(`no ${missing.join(', ')} among the metrics`);
  const of = (name: Name): number => found.get(name) ?? 0;
  const used = of('host_memory_total_bytes') - of('host_memory_available_bytes');
  if (used < 0) return E.left('host_memory_available_bytes is more than host_memory_total_bytes');
  return E.right({
    loadAverage1Min: of('host_load1'),
    loadAverage5Min: of('host_load5'),
    memoryUsageBytes: used + USAGE_RESERVE_BYTES,
    memoryCachedBytes: of('host_memory_cached_bytes'),
  });
};
