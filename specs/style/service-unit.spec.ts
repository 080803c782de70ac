/**
 * docs/vm-monitor.service by systemd's own judgement. Only the path of Node is changed, as it lies
 * elsewhere on some machines. systemd-analyze ends with 0 in spite of keys it does not know, so what it
 * says counts too.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../support/event-log';

const UNIT = readFileSync(join(__dirname, '../../docs/vm-monitor.service'), 'utf8');
const NODE = '/usr/bin/node';
/** The scale of systemd-analyze security goes from 0 to 10, times ten here: the unit has 27 with systemd 252. */
const MAX_EXPOSURE = 28;

const settings = UNIT.split('\n').filter((line) => /^[A-Z]\w*=/.test(line));
const values = (key: string): readonly string[] =>
  settings.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));

/** The lines of the drop-in for more protection, which stands in a comment of the unit. */
const dropIn = (): string => {
  const [, block = ''] = /^((?:# {3}.*\n)*# {3}SystemCallFilter=@mount\n)/m.exec(UNIT) ?? [];
  return block.replaceAll(/^# {3}/gm, '');
};

/** Writes the unit (and a drop-in) into a directory of its own; returns its path. */
const plant = (unit: string, more = ''): string => {
  const dir = tempDir();
  const path = join(dir, 'vm-monitor.service');
  writeFileSync(path, unit.replaceAll(NODE, process.execPath));
  mkdirSync(`${path}.d`);
  writeFileSync(join(`${path}.d`, 'more.conf'), more);
  return path;
};

const analyze = (...args: readonly string[]): { status: number | null; said: string } => {
  const { status, stdout, stderr, error } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`systemd-analyze: ${error.message}; make systemd installs it`);
  return { status, said: `${stdout}${stderr}` };
};
const verify = (path: string): ReturnType<typeof analyze> => analyze('verify', '--man=no', path);
const security = (path: string, threshold: number): ReturnType<typeof analyze> =>
  analyze('security', '--offline=true', '--no-pager', `--threshold=${threshold}`, path);

describe('systemd', () => {
  it('understands every line of the unit', () => {
    expect(verify(plant(UNIT))).toEqual({ status: 0, said: '' });
  });

  it.each([
    ['a key with a typing error', 'WatchdogSec=20', 'WatchdgSec=20', "Unknown key 'WatchdgSec'"],
    ['a value with a typing error', 'KillMode=mixed', 'KillMode=mixd', 'mixd'],
    ['a setting in the wrong section', '[Unit]', '[Unit]\nMemoryMin=1M', "Unknown key 'MemoryMin'"],
    ['a program that is not there', `ExecStopPost=${NODE}`, 'ExecStopPost=/no/such/node', '/no/such/node'],
  ])('would complain of %s', (_what, right, wrong, complaint) => {
    expect(UNIT).toContain(right);
    expect(verify(plant(UNIT.replace(right, wrong))).said).toContain(complaint);
  });

  it('understands the drop-in for --protect full, and would complain of an error in it', () => {
    expect(dropIn()).toMatch(/^\[Service\]\n/);
    expect(verify(plant(UNIT, dropIn()))).toEqual({ status: 0, said: '' });
    expect(verify(plant(UNIT, dropIn().replace('@mount', '@mont'))).said).toContain('@mont');
  });

  // verify passes over a capability that it does not know.
  it('knows every capability that is named', () => {
    const named = [...new Set(UNIT.match(/CAP_\w+/g))];
    expect(named.length).toBeGreaterThan(3);
    expect(analyze('capability', ...named)).toMatchObject({ status: 0 });
    expect(analyze('capability', 'CAP_KIL').said).toContain('not known');
  });

  it('finds the service no more exposed than it has to be', () => {
    expect(security(plant(UNIT), MAX_EXPOSURE)).toMatchObject({ status: 0 });
  });

  it.each(['ProtectSystem', 'CapabilityBoundingSet', 'SystemCallFilter', 'NoNewPrivileges'])(
    'finds it too exposed without %s',
    (key) => {
      const without = UNIT.replace(new RegExp(`^${key}=.*\\n`, 'm'), '');
      expect(security(plant(without), MAX_EXPOSURE)).toMatchObject({ status: 1 });
    },
  );
});

describe('the unit', () => {
  it('undoes limits after every end, for the cgroup that it ran with', () => {
    const cli = `${NODE} /opt/vm-monitor/dist/cli.js`;
    expect(values('ExecStart')).toEqual([`${cli} run --cgroup \${CGROUP}`]);
    expect(values('ExecStopPost')).toEqual([`${cli} thaw --cgroup \${CGROUP}`]);
    expect(values('RuntimeDirectoryPreserve')).toEqual(['yes']);
  });

  it.each([
    'ReadOnlyPaths',
    'InaccessiblePaths',
    'TemporaryFileSystem',
    'PrivateDevices',
    'MemoryDenyWriteExecute',
    'PrivateUsers',
  ])('does not set %s, which would break the monitor or Postgres', (key) => {
    expect(values(key)).toEqual([]);
  });
});
