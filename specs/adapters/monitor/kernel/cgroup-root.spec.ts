import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { left, right } from 'fp-ts/Either';
import { cgroupPath, describeCgroupRoot } from '../../../../adapters/monitor/kernel/cgroup-root';

const FIX = 'boot with systemd.unified_cgroup_hierarchy=1 or cgroup_no_v1=all to get cgroup v2';

describe('the cgroup root', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'vm-monitor-root-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('is cgroup v2 where the controllers are listed', async () => {
    writeFileSync(join(root, 'cgroup.controllers'), 'cpu memory\n');
    const message = `cgroup v2 at ${root} (controllers: cpu memory)`;
    expect(await describeCgroupRoot(root)).toEqual({ kind: 'v2', message });
  });

  it('is cgroup v1 where controllers have directories of their own', async () => {
    mkdirSync(join(root, 'memory'));
    mkdirSync(join(root, 'cpu'));
    const message = `cgroup v1 at ${root} (found memory, cpu): not supported; ${FIX}`;
    expect(await describeCgroupRoot(root)).toEqual({ kind: 'v1', message });
  });

  it('is hybrid where a v2 tree lies beside v1 controllers', async () => {
    mkdirSync(join(root, 'memory'));
    mkdirSync(join(root, 'unified'));
    const found = `v1 controllers beside a v2 tree at ${root}/unified`;
    const message = `hybrid cgroups at ${root} (${found}): not supported; ${FIX}`;
    expect(await describeCgroupRoot(root)).toEqual({ kind: 'hybrid', message });
  });

  it('is nothing where nothing is mounted', async () => {
    const why = 'cgroup.controllers: ENOENT: no such file or directory';
    const message = `no cgroup mount at ${root} (${why})`;
    expect(await describeCgroupRoot(root)).toEqual({ kind: 'none', message });
    const absent = await describeCgroupRoot(join(root, 'absent'));
    expect(absent).toMatchObject({ kind: 'none' });
  });
});

describe('the path of a cgroup', () => {
  it.each([
    ['neon-postgres', '/cg/neon-postgres'],
    ['system.slice/postgres.service', '/cg/system.slice/postgres.service'],
    ['./neon//postgres/', '/cg/neon/postgres'],
    ['..neon', '/cg/..neon'],
  ])('%p lies below the root', (name, path) => {
    expect(cgroupPath('/cg', name)).toEqual(right(path));
  });

  it.each([
    ['', 'names no cgroup'],
    ['.', 'names no cgroup'],
    ['..', 'contains ".."'],
    ['neon/../../etc', 'contains ".."'],
    ['neon/..', 'contains ".."'],
    ['/etc', 'is an absolute path'],
    ['/', 'is an absolute path'],
    ['neon\0', 'contains a NUL'],
  ])('%p is refused', (name, why) => {
    const expected = 'expected a path below /cg, e.g. neon-postgres';
    expect(cgroupPath('/cg', name)).toEqual(left(`cgroup ${JSON.stringify(name)}: ${why}; ${expected}`));
  });
});
