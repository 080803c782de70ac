import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { left, right } from 'fp-ts/Either';
import { isInside, ownCgroup } from '../../../../adapters/monitor/own-process';
import { leftOf } from '../../../support/either';
import { removeTempDirs, tempDir } from '../../../support/event-log';

afterEach(removeTempDirs);

const procWith = (text: string): string => {
  const procRoot = tempDir();
  mkdirSync(join(procRoot, 'self'));
  writeFileSync(join(procRoot, 'self/cgroup'), text);
  return procRoot;
};

describe('our own cgroup', () => {
  it.each([
    ['0::/vm-monitor.service\n', '/vm-monitor.service'],
    ['0::/system.slice/vm monitor:0.service\n', '/system.slice/vm monitor:0.service'],
    ['0::/\n', '/'],
    ['12:memory:/v1\n1:name=systemd:/x\n0::/user.slice\n', '/user.slice'],
  ])('%j', async (text, path) => {
    expect(await ownCgroup(procWith(text))).toEqual(right(path));
  });

  it.each([
    ['9:memory:/v1\n', 'no line "0::/path", so no cgroup v2 here'],
    ['', 'no line "0::/path", so no cgroup v2 here'],
    ['0::/../../outside\n', '/../../outside lies outside the mount that we see'],
    ['0::/gone (deleted)\n', '/gone (deleted): the cgroup was removed under us'],
  ])('is not known from %j', async (text, why) => {
    const procRoot = procWith(text);
    expect(await ownCgroup(procRoot)).toEqual(left(`${procRoot}/self/cgroup: ${why}`));
  });

  it('is not known without the file', async () => {
    const procRoot = tempDir();
    expect(leftOf(await ownCgroup(procRoot))).toBe(`${procRoot}/self/cgroup: ENOENT: no such file or directory`);
  });

  it('is read from the real /proc as the kernel writes it', async () => {
    const own = await ownCgroup('/proc');
    expect(own).toMatchObject({ _tag: expect.stringMatching(/^(Left|Right)$/) as string });
    expect(JSON.stringify(own)).toMatch(/"right":"\/|no cgroup v2 here/);
  });
});

describe('a cgroup is inside another', () => {
  it.each([
    ['neon-postgres', '/neon-postgres'],
    ['neon-postgres', '/neon-postgres/monitor'],
    ['/system.slice/', '/system.slice//pg.service/'],
    ['/', '/anything'],
    ['/', '/'],
  ])('%p holds %p', (outer, inner) => {
    expect(isInside(outer, inner)).toBe(true);
  });

  it.each([
    ['neon-postgres', '/'],
    ['neon-postgres', '/neon-postgres-2'],
    ['system.slice/pg.service', '/system.slice'],
    ['system.slice/pg.service', '/system.slice/vm-monitor.service'],
    ['pg.service', '/system.slice/pg.service'],
  ])('%p does not hold %p', (outer, inner) => {
    expect(isInside(outer, inner)).toBe(false);
  });
});
