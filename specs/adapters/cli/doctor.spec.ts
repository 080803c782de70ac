/** The command on a fake tree; the rest of its facts is this machine's. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { doctorCommand } from '../../../adapters/cli/doctor.command';
import { captured } from '../../support/captured-terminal';
import { removeTempDirs, tempDir } from '../../support/event-log';
import { createKernelTree, type KernelTree } from '../../support/fake-kernel-tree';
import { removeServers, startPostgres } from '../../support/postgres';
import { surroundings } from '../../support/environment';

const call = (...args: string[]) => {
  const environment = { PATH: '/usr/bin:/bin', RUNTIME_DIRECTORY: tempDir() };
  return captured((terminal) => doctorCommand(args, surroundings({ environment }), terminal));
};

afterEach(removeTempDirs);
afterAll(removeServers);

describe('vm-monitor doctor', () => {
  let tree: KernelTree;
  const onTree = (...args: string[]) => call('--proc-root', tree.procRoot, '--cgroup-root', tree.cgroupRoot, ...args);

  beforeEach(() => {
    tree = createKernelTree();
    for (const [name, text] of [
      ['cgroup.subtree_control', 'memory\n'],
      ['cgroup.procs', ''],
    ] as const) {
      writeFileSync(join(tree.cgroupRoot, name), text);
      tree.set(`cgroup/${name}`, '');
    }
    tree.set('cgroup/memory.max', 'max\n');
    tree.set('proc/self/cgroup', '0::/vm-monitor.service\n');
  });
  afterEach(() => {
    tree.dispose();
  });

  it('exits 0 when nothing is missing that is needed, and says so in the last line', async () => {
    const { status, out, err } = await onTree('--cgroup', tree.cgroup);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain(`ok       managed cgroup: ${join(tree.cgroupRoot, tree.cgroup)}\n`);
    expect(out).toMatch(/\n\d+ ok, \d+ warnings, \d+ missing, of which 0 needed for what is requested\n$/);
  });

  it('exits 1 when the cgroup is missing', async () => {
    const { status, out } = await onTree('-c', 'absent');
    expect(status).toBe(1);
    expect(out).toContain(`missing  managed cgroup (for sensing, tripwire, throttle, cancel)\n         found: no `);
    expect(out).toMatch(/of which [1-9]\d* needed for what is requested\n$/);
  });

  it('asks less of a monitor that only observes', async () => {
    tree.set('proc/self/cgroup', `0::/${tree.cgroup}\n`);
    expect(await onTree('--cgroup', tree.cgroup, '--protect', 'tripwire')).toMatchObject({ status: 1 });
    expect(await onTree('--cgroup', tree.cgroup, '--protect', 'observe')).toMatchObject({ status: 0 });
  });

  it('looks at Postgres where one is named, and changes nothing there', async () => {
    const vanilla = await startPostgres({ stub: 'none', settings: {} });
    expect((await onTree('-p', vanilla.dsn)).out).toContain(
      'ok       Postgres: vanilla Postgres: it has no file cache',
    );
    const neon = await startPostgres();
    expect((await onTree('-p', neon.dsn)).out).toContain('ok       Postgres: it has the file cache of neon');
    const written = `SELECT FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf'`;
    expect(await neon.query(written)).toEqual([]);
    await vanilla.stop('fast');
    expect((await onTree('-p', vanilla.dsn)).out).toContain(
      `warning  Postgres (for sizing)\n         found: connect ECONNREFUSED`,
    );
    expect((await onTree()).out).not.toContain('Postgres:');
  });

  it.each([
    ['observe', 0],
    ['tripwire', 0],
    ['throttle', 1],
    ['full', 1],
  ])('without a cgroup, --protect %s, exits %i', async (level, status) => {
    expect(await onTree('--protect', level)).toMatchObject({ status });
  });

  it('gives programs JSON', async () => {
    const { status, out } = await onTree('--cgroup', 'absent', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ name: 'managed cgroup', verdict: 'missing' }),
      ]) as unknown,
    });
  });

  it('looks at this machine as a whole when nothing is named', async () => {
    const { status, out } = await call();
    expect(status).toBe(0);
    expect(out).toContain('found: none is named');
  });

  it.each([
    [['--cgroup', '/etc'], '--cgroup "/etc": expected a path below the cgroup mount'],
    [['--protect', 'all'], '--protect "all": expected one of observe, tripwire, throttle, full'],
    [['--proc-root', ''], '--proc-root "": expected a path'],
    [['--cgroup'], '--cgroup "": expected a path below'],
    [['--cgroup', '--json'], '--cgroup "": expected a path below'],
    [['--fix'], '--fix: unknown, allowed are --cgroup, --pgconnstr, --event-log, --agent-token-file, --protect,'],
    [['now'], 'argument "now": unknown, allowed are --cgroup,'],
  ])('%j is refused with one line and status 2', async (args, line) => {
    const { status, out, err } = await call(...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^vm-monitor doctor: /);
    expect(err).toContain(line);
    expect(err.match(/\n/g)).toHaveLength(1);
  });
});
