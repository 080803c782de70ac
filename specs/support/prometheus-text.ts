/**
 * A strict reader of Prometheus' text format 0.0.4, as `promtool check metrics` is: what a lenient scraper
 * would let pass is refused with the line that is wrong.
 * https://prometheus.io/docs/instrumenting/exposition_formats/ and .../writing_exporters/ (names)
 */

export interface Family {
  readonly type: string;
  readonly help: string;
  /** By the name as it stands (a histogram has _bucket, _sum and _count) and its labels: `name{a="b"}`. */
  readonly samples: ReadonlyMap<string, number>;
}

const HEAD = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? ([-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Inf)|NaN)$/;
const LABELS = /^\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,(?!\})|(?=\})))+\}$/;
const TYPES: ReadonlySet<string> = new Set(['gauge', 'counter', 'histogram']);
/** Base units only. */
const BAD_UNIT = /_(ms|milliseconds|minutes|mib|gib|kb|kilobytes|megabytes|percent)(_|$)/;

const refuse = (line: string, why: string): never => {
  throw new Error(`${why}: ${JSON.stringify(line)}`);
};

const valueOf = (text: string): number => Number(text.replace('Inf', 'Infinity'));

const suffixesOf = (type: string): readonly string[] => (type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']);

const checkName = (line: string, name: string, type: string): void => {
  if (!TYPES.has(type)) refuse(line, 'unknown type');
  if ((type === 'counter') !== name.endsWith('_total')) refuse(line, 'counters, and only they, end in _total');
  if (BAD_UNIT.test(name)) refuse(line, 'not a base unit');
};

/** For each set of other labels: bounds rise, counts do not fall, and +Inf holds them all. */
const checkBuckets = (name: string, samples: ReadonlyMap<string, number>): void => {
  const last = new Map<string, { readonly bound: number; readonly count: number }>();
  for (const [key, count] of samples) {
    const bound = /^\w+_bucket\{.*le="([^"]*)"/.exec(key)?.[1];
    if (bound === undefined) continue;
    const others = key.replace(/le="[^"]*",?/, '').replace('_bucket', '_count');
    const before = last.get(others) ?? { bound: -Infinity, count: 0 };
    if (valueOf(bound) <= before.bound || count < before.count) refuse(key, 'buckets do not rise');
    last.set(others, { bound: valueOf(bound), count });
  }
  for (const [key, { bound, count }] of last) {
    if (bound !== Infinity || samples.get(key) !== count) refuse(name, `+Inf is not the count of ${key}`);
  }
};

class Reader {
  readonly families = new Map<string, Family & { readonly samples: Map<string, number> }>();
  private name = '';
  private help: string | null = null;

  head(line: string): void {
    const [, kind, name = '', text = ''] = HEAD.exec(line) ?? refuse(line, 'no HELP or TYPE');
    if (kind === 'HELP') {
      if (this.families.has(name)) refuse(line, 'a metric twice');
      this.help = text;
      this.name = name;
      return;
    }
    if (this.help === null || name !== this.name) refuse(line, 'TYPE without HELP before it');
    checkName(line, name, text);
    this.families.set(name, { type: text, help: this.help ?? '', samples: new Map() });
    this.help = null;
  }

  sample(line: string): void {
    const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? refuse(line, 'no sample');
    const family = this.families.get(this.name) ?? refuse(line, 'a sample without a metric');
    if (!suffixesOf(family.type).some((suffix) => name === this.name + suffix)) refuse(line, 'of another metric');
    if (labels !== '' && !LABELS.test(labels)) refuse(line, 'bad labels');
    if (family.samples.has(name + labels)) refuse(line, 'a sample twice');
    if (family.type !== 'gauge' && !(valueOf(value) >= 0)) refuse(line, 'a count below zero');
    family.samples.set(name + labels, valueOf(value));
  }
}

/** All metrics by name. Throws at the first line that is not as it should be. */
export const readPrometheusText = (text: string): ReadonlyMap<string, Family> => {
  if (!text.endsWith('\n')) refuse(text.slice(-40), 'the last line does not end');
  const reader = new Reader();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) reader.head(line);
    else reader.sample(line);
  }
  for (const [name, { type, samples }] of reader.families) if (type === 'histogram') checkBuckets(name, samples);
  return reader.families;
};

/** The value of `name{label="value"}`; undefined when there is no such sample. */
export const sampleOf = (families: ReadonlyMap<string, Family>, key: string): number | undefined => {
  for (const { samples } of families.values()) if (samples.has(key)) return samples.get(key);
  return undefined;
};
