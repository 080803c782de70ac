import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEADER, parseTrace, readTrace } from '../../../../adapters/tools/simulate/read-trace';
import { leftOf, rightOf } from '../../../support/either';
import { removeTempDirs, tempDir } from '../../../support/event-log';

afterAll(removeTempDirs);

const parse = (...lines: readonly string[]) => parseTrace('t', [HEADER, ...lines].join('\n'));

describe('a trace file', () => {
  it('is columns of numbers, empty where unknown', () => {
    const trace = rightOf(parse('0,1.5,,4.0,', '60,2e-1,1048576,,17179869184', ''));
    expect(trace).toMatchObject({
      name: 't',
      cpuCapacityCores: 4,
      memCapacityBytes: 17_179_869_184,
      medianIntervalSeconds: 60,
    });
    expect([...trace.cpuCores]).toEqual([1.5, 0.2]);
    expect([...trace.memBytes]).toEqual([0, 1_048_576]);
  });

  it('may end its lines as on Windows', () => {
    expect(rightOf(parseTrace('t', `${HEADER}\r\n0,1,,,\r\n1,2,,,\r\n`)).seconds).toHaveLength(2);
  });

  it.each<[string, readonly string[]]>([
    [
      'line 2: 4 fields, expected 5: t_seconds,cpu_cores_used,mem_bytes_used,cpu_capacity_cores,mem_capacity_bytes',
      ['0,1,,'],
    ],
    ['line 2: t_seconds is "", expected a number >= 0', [',1,,,']],
    ['line 3: cpu_cores_used is "x", expected a number >= 0 or nothing', ['0,1,,,', '1,x,,,']],
    ['line 2: mem_bytes_used is "-5", expected a number >= 0 or nothing', ['0,1,-5,,']],
    ['line 2: cpu_capacity_cores is "NaN", expected a number >= 0 or nothing', ['0,1,,NaN,']],
    ['line 2: mem_capacity_bytes is "1e999", expected a number >= 0 or nothing', ['0,1,,,1e999']],
    ['line 3: t_seconds is 5, expected more than 5', ['5,1,,,', '5,1,,,']],
    [
      'line 3: 1 fields, expected 5: t_seconds,cpu_cores_used,mem_bytes_used,cpu_capacity_cores,mem_capacity_bytes',
      ['0,1,,,', '', '2,1,,,'],
    ],
    ['1 rows, expected at least 2', ['0,1,,,']],
    ['covers 1700000000000 s, expected at most 316224000 s', ['0,1,,,', '1700000000000,1,,,']],
  ])('is refused with "%s"', (message, lines) => {
    expect(leftOf(parse(...lines))).toBe(message);
  });

  it('is refused without its header', () => {
    expect(leftOf(parseTrace('t', '0,1,,,\n1,1,,,\n'))).toBe(`line 1: expected the header ${HEADER}`);
    expect(leftOf(parseTrace('t', ''))).toBe(`line 1: expected the header ${HEADER}`);
  });

  it('takes its name from the file, wherever that lies', async () => {
    const path = join(tempDir(), 'nab_rds_1.csv');
    writeFileSync(path, `${HEADER}\n0,1,,,\n1,1,,,\n`);
    expect(rightOf(await readTrace(path)).name).toBe('nab_rds_1');
  });

  it('names the file in every message', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'bad.csv'), 'x');
    expect(leftOf(await readTrace(join(dir, 'bad.csv')))).toBe(`${dir}/bad.csv: line 1: expected the header ${HEADER}`);
    expect(leftOf(await readTrace(join(dir, 'none.csv')))).toMatch(
      `${dir}/none.csv: ENOENT: no such file or directory`,
    );
  });
});
