/** Texts of /proc and cgroup.procs, as the kernel writes them and broken. */
import * as E from 'fp-ts/Either';
import { KIB } from '../../../../../machines/shared/units';
import { type Parser, showParseError } from '../../../../../adapters/shared/parse/parse-error';
import { parsePids } from '../../../../../adapters/monitor/protection/processes/cgroup-members';
import { parseProcessStat, parseTitle } from '../../../../../adapters/monitor/protection/processes/process-identity';
import { parseStatus } from '../../../../../adapters/monitor/protection/processes/process-memory';
import { mulberry32 } from '../../../../support/prng';

const STATUS = `Name:\tpostgres
State:\tS (sleeping)
Pid:\t4711
PPid:\t4000
VmRSS:\t  150000 kB
RssAnon:\t   10240 kB
RssFile:\t   30000 kB
RssShmem:\t   20480 kB
Threads:\t1
`;
const ZOMBIE = 'Name:\tpostgres\nState:\tZ (zombie)\nPid:\t4711\nPPid:\t4000\nThreads:\t1\n';
const stat = (name: string): string =>
  `4711 (${name}) S 4000 4711 4711 0 -1 4194304 900 0 0 0 5 3 0 0 20 0 1 0 8812345 223000000 37500 18446744073709551615 1 1\n`;
const PIDS = '4000\n4711\n';

const shown = (parse: Parser<unknown>, text: string): unknown =>
  E.getOrElseW(showParseError)(parse('file', text) as E.Either<never, unknown>);

describe('of a process', () => {
  it('memory and parent are read from its status', () => {
    expect(parseStatus('file', STATUS)).toEqual(
      E.right({ parentPid: 4000, anonBytes: 10240 * KIB, shmemBytes: 20480 * KIB }),
    );
  });

  it('nothing is left when it is a zombie', () => {
    expect(parseStatus('file', ZOMBIE)).toEqual(E.right(undefined));
  });

  it.each(['postgres', '', 'a b', ') S 1 (', ':-)', 'two\nlines) R 7'])(
    'parent and start time are found behind the name %j',
    (name) => {
      expect(parseProcessStat('file', stat(name))).toEqual(E.right({ parentPid: 4000, startTicks: 8812345 }));
    },
  );

  it.each([
    ['/usr/lib/postgresql/15/bin/postgres\0-D\0/data\0', '/usr/lib/postgresql/15/bin/postgres -D /data'],
    ['postgres: alice shop [local] idle\0\0\0\0\0', 'postgres: alice shop [local] idle'],
    ['', ''],
  ])('the title of the command line %j is %j', (cmdline, title) => {
    expect(parseTitle(cmdline)).toBe(title);
  });
});

describe('of a cgroup', () => {
  it('the pids are read, but for those of another pid namespace', () => {
    expect(parsePids('file', '4000\n0\n4711\n')).toEqual(E.right([4000, 4711]));
    expect(parsePids('file', '')).toEqual(E.right([]));
  });
});

describe('refused is', () => {
  const NUMBER = 'expected a whole number from 0';

  it.each<[string, Parser<unknown>, string, string]>([
    ['an empty status', parseStatus, '', 'file: the file is empty, expected PPid:'],
    ['a status without a parent', parseStatus, STATUS.replace('PPid', 'x'), 'file: PPid: is missing'],
    ['memory that is no number', parseStatus, STATUS.replace('10240', 'many'), `file line 6: found "many", ${NUMBER}`],
    ['negative memory', parseStatus, STATUS.replace('20480', '-1'), `file line 8: found "-1", ${NUMBER}`],
    ['an empty stat', parseProcessStat, '', 'file: the file is empty, expected the name in parentheses'],
    ['a stat without a name', parseProcessStat, '4711 S 1', 'file: the name in parentheses is missing'],
    ['a stat that ends early', parseProcessStat, '4711 (x) S 1 2 3', `file line 1: found nothing, ${NUMBER}`],
    ['a parent that is no number', parseProcessStat, '4711 (x) S y 2 3', `file line 1: found "y", ${NUMBER}`],
    ['a pid that is no number', parsePids, '4000\nx\n', `file line 2: found "x", ${NUMBER}`],
    ['two pids in a line', parsePids, '4000-4711\n', `file line 1: found "4000-4711", ${NUMBER}`],
  ])('%s', (_fault, parse, text, message) => {
    expect(shown(parse, text)).toBe(message);
  });

  const SEED = 20_240_911;

  it.each<[string, Parser<unknown>, string]>([
    ['status', parseStatus, STATUS],
    ['stat', parseProcessStat, stat('postgres')],
    ['cgroup.procs', parsePids, PIDS],
  ])(`never by an exception, whatever the text (seed ${SEED}): %s`, (_format, parse, text) => {
    const random = mulberry32(SEED);
    const pick = (limit: number): number => Math.floor(random() * limit);
    for (let round = 0; round < 500; round += 1) {
      const at = pick(text.length);
      const mutated = text.slice(0, at) + String.fromCharCode(pick(128)) + text.slice(at + pick(6));
      expect(['Left', 'Right']).toContain(parse('file', mutated)._tag);
    }
  });
});
