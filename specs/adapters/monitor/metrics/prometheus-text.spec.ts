/** The reader that the specs of metrics trust: it must refuse what is wrong. */
import { readPrometheusText, sampleOf } from '../../../support/prometheus-text';

const GOOD = `# HELP a_bytes What a is.
# TYPE a_bytes gauge
a_bytes{x="1",y="q\\"uote"} -1.5e+3

# HELP b_total How many.
# TYPE b_total counter
b_total 3

# HELP c_seconds How long.
# TYPE c_seconds histogram
c_seconds_bucket{le="1",w="up"} 1
c_seconds_bucket{le="+Inf",w="up"} 2
c_seconds_sum{w="up"} 4.5
c_seconds_count{w="up"} 2
`;

it('reads names, help, types, labels and values', () => {
  const families = readPrometheusText(GOOD);
  expect([...families].map(([name, { type, help }]) => [name, type, help])).toEqual([
    ['a_bytes', 'gauge', 'What a is.'],
    ['b_total', 'counter', 'How many.'],
    ['c_seconds', 'histogram', 'How long.'],
  ]);
  expect(sampleOf(families, 'a_bytes{x="1",y="q\\"uote"}')).toBe(-1500);
  expect(sampleOf(families, 'c_seconds_sum{w="up"}')).toBe(4.5);
  expect(sampleOf(families, 'a_bytes')).toBeUndefined();
});

it.each([
  ['no end of the last line', /\n$/, ''],
  ['a missing HELP', '# HELP b_total How many.\n', ''],
  ['a missing TYPE', '# TYPE b_total counter\n', ''],
  ['an unknown type', 'b_total counter', 'b_total sum'],
  ['a counter without _total', /b_total/g, 'b'],
  ['a gauge with _total', 'b_total counter', 'b_total gauge'],
  ['milliseconds', /c_seconds/g, 'c_ms'],
  ['a value that is none', 'b_total 3', 'b_total three'],
  ['a counter below zero', 'b_total 3', 'b_total -3'],
  ['labels without quotes', 'w="up"} 4.5', 'w=up} 4.5'],
  ['a comma too many', 'w="up"} 4.5', 'w="up",} 4.5'],
  ['a sample of another metric', 'b_total 3', 'd_total 3'],
  ['a sample twice', 'b_total 3', 'b_total 3\nb_total 3'],
  ['a metric twice', /# HELP c_seconds/, '# HELP b_total x\n# TYPE b_total counter\n# HELP c_seconds'],
  ['buckets that fall', 'le="+Inf",w="up"} 2', 'le="+Inf",w="up"} 0'],
  ['a count that is not that of +Inf', 'count{w="up"} 2', 'count{w="up"} 3'],
  ['no +Inf', 'le="+Inf"', 'le="2"'],
])('refuses %s', (_name, good, bad) => {
  const text = GOOD.replace(good, bad);
  expect(text).not.toBe(GOOD);
  expect(() => readPrometheusText(text)).toThrow();
});
