/** Every parser refuses malformed text with a message that says what was found and what was expected. */
import { isLeft } from 'fp-ts/Either';
import { parseCpuMax } from '../../../../../adapters/shared/parse/cpu-max';
import { parseCpuUsage } from '../../../../../adapters/monitor/kernel/parse/cpu-stat';
import { parseLoadavg } from '../../../../../adapters/monitor/kernel/parse/loadavg';
import { parseMeminfo } from '../../../../../adapters/monitor/kernel/parse/meminfo';
import { parseMemoryEvents } from '../../../../../adapters/monitor/kernel/parse/memory-events';
import { parseMemoryStat } from '../../../../../adapters/monitor/kernel/parse/memory-stat';
import { parseMountinfo } from '../../../../../adapters/shared/parse/mountinfo';
import { type Parser, showParseError } from '../../../../../adapters/shared/parse/parse-error';
import { parsePressure } from '../../../../../adapters/monitor/kernel/parse/pressure';
import { parseProcStat } from '../../../../../adapters/monitor/kernel/parse/proc-stat';
import { parseSchedstat } from '../../../../../adapters/monitor/kernel/parse/schedstat';
import { parseLimit, parseSingleNumber } from '../../../../../adapters/shared/parse/single-value';
import { parseVmstat } from '../../../../../adapters/monitor/kernel/parse/vmstat';
import { parseKernelRoom } from '../../../../../adapters/monitor/kernel/parse/zoneinfo';
import {
  CGROUP_MEMORY,
  VM_MEMORY,
  meminfoText,
  memoryEventsText,
  memoryStatText,
  pressureText,
  procStatText,
  schedstatText,
  zoneinfoText,
} from '../../../../support/kernel-texts';
import { mulberry32 } from '../../../../support/prng';

const messageOf = (parse: Parser<unknown>, text: string): string => {
  const result = parse('file', text);
  return isLeft(result) ? showParseError(result.left) : `accepted: ${JSON.stringify(result.right)}`;
};

const STAT = memoryStatText(CGROUP_MEMORY);
const MEMINFO = meminfoText(VM_MEMORY);
const EVENTS = memoryEventsText(7);
const PSI = pressureText(12, 5);
const ZONES = zoneinfoText(80_000, 50_000);
const PROC_STAT = procStatText(8233);
const SCHEDSTAT = schedstatText([2_000_000_000]);
const MOUNTS = '25 24 0:23 / /dev/shm rw,relatime shared:4 - tmpfs tmpfs rw,size=64k\n';
const VMSTAT = 'pswpin 10\npswpout 20\n';

/** Formats with a good text, for the faults that all of them share. */
const FORMATS: readonly (readonly [string, Parser<unknown>, string])[] = [
  ['memory.stat', parseMemoryStat, STAT],
  ['memory.events', parseMemoryEvents, EVENTS],
  ['memory.current', parseSingleNumber, '4096\n'],
  ['memory.high', parseLimit, '4096\n'],
  ['PSI', parsePressure, PSI],
  ['meminfo', parseMeminfo, MEMINFO],
  ['zoneinfo', parseKernelRoom, ZONES],
  ['vmstat', parseVmstat, VMSTAT],
  ['stat', parseProcStat, PROC_STAT],
  ['schedstat', parseSchedstat, SCHEDSTAT],
  ['loadavg', parseLoadavg, '0.48 0.22 0.12 1/89 5363\n'],
  ['cpu.max', parseCpuMax, '50000 100000\n'],
  ['cpu.stat', parseCpuUsage, 'usage_usec 5000\n'],
  ['mountinfo', parseMountinfo, MOUNTS],
];

const NUMBER = 'expected a whole number from 0';

/** What is wrong, the parser, the text, the whole message. */
const FAULTS: readonly (readonly [string, Parser<unknown>, string, string])[] = [
  ['a missing field', parseMemoryStat, STAT.replace('shmem ', 'shm '), 'file: shmem is missing'],
  ['a missing field', parseMemoryEvents, EVENTS.replace('oom_kill ', ''), 'file: oom_kill is missing'],
  ['a missing field', parseMeminfo, MEMINFO.replace('MemAvailable:', 'x:'), 'file: MemAvailable: is missing'],
  ['a missing field', parseVmstat, 'pswpin 10\n', 'file: pswpout is missing'],
  ['a missing field', parseCpuUsage, 'user_usec 1\n', 'file: usage_usec is missing'],
  ['a missing field', parseProcStat, PROC_STAT.replace('procs_running', 'x'), 'file: procs_running is missing'],
  ['a missing line', parseProcStat, PROC_STAT.replace('cpu  ', 'x '), 'file: the line "cpu" is missing'],
  ['no CPU', parseProcStat, PROC_STAT.replaceAll(/^cpu\d/gm, 'x'), 'file: a line "cpu0" is missing'],
  ['no CPU', parseSchedstat, 'version 15\ntimestamp 1\n', 'file: a line "cpu0" is missing'],
  ['a missing line', parsePressure, PSI.replace('some', 'none'), 'file: the line "some" is missing'],
  ['a missing total', parsePressure, PSI.replace(' total=12', ''), 'file: total= of the line "some" is missing'],
  [
    'a zone without its free pages',
    parseKernelRoom,
    ZONES.replace('pages free     3840', ''),
    'file (zone DMA): pages free is missing',
  ],
  ['no zone', parseKernelRoom, 'garbage\n', 'file: a line "Node 0, zone ..." is missing'],

  ['max for a number', parseSingleNumber, 'max\n', `file line 1: found "max", ${NUMBER}`],
  ['max for a number', parseMemoryStat, STAT.replace(/^file .*$/m, 'file max'), `file line 2: found "max", ${NUMBER}`],
  ['max for a period', parseCpuMax, '50000 max\n', `file line 1: found "max", ${NUMBER}`],

  ['a negative number', parseSingleNumber, '-1\n', `file line 1: found "-1", ${NUMBER}`],
  ['a negative number', parseLimit, '-1\n', `file line 1: found "-1", ${NUMBER}`],
  [
    'a negative number',
    parseMeminfo,
    MEMINFO.replace('     128 kB', ' -128 kB'),
    `file line 9: found "-128", ${NUMBER}`,
  ],
  ['a negative number', parsePressure, PSI.replace('total=5', 'total=-5'), `file line 2: found "-5", ${NUMBER}`],
  ['a negative number', parseSchedstat, schedstatText([-5]), `file line 3: found "-5", ${NUMBER} (run delay)`],
  [
    'a negative number',
    parseKernelRoom,
    ZONES.replace('3840', '-3840'),
    `file (zone DMA) line 4: found "-3840", ${NUMBER}`,
  ],
  ['a negative load', parseLoadavg, '-0.48 0.22\n', 'file line 1: found "-0.48", expected a load average such as 0.48'],

  ['a line cut off behind its key', parseMemoryEvents, 'low 0\nhigh ', `file line 2: found nothing, ${NUMBER}`],
  ['a line cut off within its key', parseMemoryEvents, 'low 0\nhi', 'file: high is missing'],
  [
    'a line cut off',
    parseProcStat,
    'cpu  1 2 3\ncpu0 1\nprocs_running 1\n',
    `file line 1: found nothing, ${NUMBER} of idle`,
  ],
  ['a line cut off', parseSchedstat, 'version 15\ncpu0 0 0 0\n', `file line 2: found nothing, ${NUMBER} (run delay)`],
  ['a line cut off', parseCpuMax, '50000\n', `file line 1: found nothing, ${NUMBER}`],
  ['a line cut off', parseLoadavg, '0.48\n', 'file line 1: found nothing, expected a load average such as 0.48'],
  ...['0:23', '/dev/shm', 'tmpfs rw'].map(
    (end) =>
      [
        'a line cut off',
        parseMountinfo,
        MOUNTS + MOUNTS.slice(0, MOUNTS.indexOf(end)),
        'file line 2: found "25", expected a line such as ' +
          '"36 35 98:0 /root /mount/point rw,noatime master:1 - tmpfs source rw,size=8k"',
      ] as const,
  ),
  ['a total cut off', parsePressure, PSI.replace('total=12', 'total='), `file line 1: found nothing, ${NUMBER}`],

  ['letters behind digits', parseSingleNumber, '12x\n', `file line 1: found "12x", ${NUMBER}`],
  ['a fraction', parseSingleNumber, '1.5\n', `file line 1: found "1.5", ${NUMBER}`],
  ['a period of 0', parseCpuMax, '50000 0\n', 'file line 1: found "0", expected a period above 0'],
  [
    'an unknown version',
    parseSchedstat,
    schedstatText([1], 14),
    'file line 1: found "14", expected a version from 15 to 17',
  ],
  [
    'an unknown version',
    parseSchedstat,
    schedstatText([1], 18),
    'file line 1: found "18", expected a version from 15 to 17',
  ],
  [
    'a long word',
    parseSingleNumber,
    `${'9x'.repeat(5000)}\n`,
    `file line 1: found "9x9x9x9x9x9x9x9x9x9x9x9x", ${NUMBER}`,
  ],

  [
    'a number of 2^53',
    parseSingleNumber,
    '9007199254740992\n',
    'file line 1: found "9007199254740992", expected at most 2^53 - 1',
  ],
  [
    'a counter beyond 2^53',
    parseMemoryEvents,
    memoryEventsText(2 ** 54),
    'file line 2: found "18014398509481984", expected at most 2^53 - 1',
  ],
  [
    'a size beyond 2^53 bytes',
    parseMeminfo,
    MEMINFO.replace('  128 kB', '9007199254740991 kB'),
    'file line 9: found "9007199254740991", expected at most 2^53 - 1 in units of 1024',
  ],
  [
    'a run delay beyond 2^53 µs',
    parseSchedstat,
    `version 15\ncpu0 0 0 0 0 0 0 0 9${'0'.repeat(19)} 1\n`,
    'file line 2: found "90000000000000000000", expected at most 2^53 - 1 µs',
  ],
];

describe('the parsers of kernel files refuse', () => {
  it.each(FAULTS)('%s (%p)', (_fault, parse, text, message) => {
    expect(messageOf(parse, text)).toBe(message);
  });

  it.each(FORMATS)('an empty file: %s', (_format, parse) => {
    for (const text of ['', '\n', ' \r\n'])
      expect(messageOf(parse, text)).toMatch(/^file(: the file is empty| line 1: found nothing), expected /);
  });

  it.each(FORMATS)('garbage: %s', (_format, parse) => {
    for (const text of ['garbage\n', '\0\0\0\0', '=====', '\xff\xfe']) expect(messageOf(parse, text)).toMatch(/^file/);
  });
});

describe('the parsers of kernel files are total', () => {
  const SEED = 20_240_801;

  it.each(FORMATS)(`and never throw on mutated texts (seed ${SEED}): %s`, (_format, parse, text) => {
    const random = mulberry32(SEED);
    const pick = (limit: number): number => Math.floor(random() * limit);
    for (let round = 0; round < 500; round += 1) {
      const at = pick(text.length);
      const mutated = text.slice(0, at) + String.fromCharCode(pick(128)) + text.slice(at + pick(4));
      const result = parse('file', mutated.slice(0, text.length - pick(3)));
      expect(['Left', 'Right']).toContain(result._tag);
    }
  });

  it.each(FORMATS)('and refuse a hostile text of the largest length: %s', (_format, parse) => {
    for (const piece of ['9', ' ', '\n', 'cpu', '\ncpu0 ', ', zone', 'some total=']) {
      const text = piece.repeat(Math.floor((256 * 1024) / piece.length));
      expect(messageOf(parse, text)).toMatch(/^file/);
    }
  });
});
