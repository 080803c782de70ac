import { parseMetrics } from '../../../adapters/agent/parse-metrics';
import { matching } from '../../support/matching';
import { GIB, MIB } from '../../../machines/shared/units';

const TEXT = `# HELP host_load1 Load average over 1 minute.
# TYPE host_load1 gauge
host_load1 0.25
host_load5{collector="load",host="pg-1"} 0.5 1700000000000
host_memory_total_bytes 4294967296
host_memory_available_bytes 3221225472
host_memory_cached_bytes 1e9
some_other_metric{le="+Inf"} NaN
`;

const changed = (from: string, to: string): unknown => parseMetrics(TEXT.replace(from, to));

it('reads the four figures, with 100 MiB for the kernel added to the use', () => {
  expect(parseMetrics(TEXT)).toMatchObject({
    right: {
      loadAverage1Min: 0.25,
      loadAverage5Min: 0.5,
      memoryUsageBytes: GIB + 100 * MIB,
      memoryCachedBytes: 1e9,
    },
  });
});

it('reads lines that end with CR LF', () => {
  expect(parseMetrics(TEXT.replaceAll('\n', '\r\n'))).toEqual(parseMetrics(TEXT));
});

it('takes the first of two samples of a name', () => {
  expect(parseMetrics(`${TEXT}host_load1 7\n`)).toEqual(parseMetrics(TEXT));
});

it.each([
  ['host_load1 0.25', 'host_load1'],
  ['host_load1 0.25', 'host_load1 '],
  ['host_load1 0.25', 'host_load1 much'],
  ['host_load1 0.25', 'host_load1 NaN'],
  ['host_load1 0.25', 'host_load1 +Inf'],
  ['host_load1 0.25', 'host_load1 -1'],
  ['host_load1 0.25', 'host_load1 1 2 3'],
  ['host_load1 0.25', 'host_load1{a="b" 1'],
])('%j as %j is refused, and named', (from, to) => {
  expect(changed(from, to)).toMatchObject({ left: `${JSON.stringify(to)}: expected host_load1 with a number >= 0` });
});

it('names what is missing', () => {
  expect(parseMetrics('')).toMatchObject({
    left: matching(/^no host_load1, host_load5, host_memory_total/),
  });
  expect(changed('host_memory_cached_bytes', 'cached')).toMatchObject({
    left: 'no host_memory_cached_bytes among the metrics',
  });
});

it('refuses more available memory than there is', () => {
  expect(changed('3221225472', '5e9')).toMatchObject({
    left: 'host_memory_available_bytes is more than host_memory_total_bytes',
  });
});
