/** Refusing new shared memory, on real tmpfs mounts and with real processes that want some. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { KIB, MIB } from '../../../../../machines/shared/units';
import { type ActuatorFiles, actuatorFiles } from '../../../../../adapters/monitor/protection/files';
import { ShmCap } from '../../../../../adapters/monitor/protection/shm-cap/shm-cap';
import { IntentRecords } from '../../../../../adapters/monitor/protection/intent-records';
import { protectionPaths } from '../../../../../adapters/monitor/protection/paths';
import { remount } from '../../../../../adapters/monitor/protection/shm-cap/remount';
import { leftOf, rightOf } from '../../../../support/either';
import { removeServers, startPostgres } from '../../../../support/postgres';
import { bindOver, mountLine, mountOver, mountTmpfs, unmountAll } from '../../../../support/tmpfs';

let directory: string;
let intentFile: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vm-monitor-refuse-'));
  intentFile = join(directory, 'limits.json');
});
afterEach(() => {
  unmountAll();
  rmSync(directory, { recursive: true });
});
afterAll(removeServers);

const shmCapAt = (mountPoint: string, by: ActuatorFiles['remount'] = remount, file = intentFile): ShmCap => {
  const watchdog = { watch: () => Promise.resolve(E.right(undefined)), rest: () => undefined };
  const records = new IntentRecords({ intentFile: file, files: actuatorFiles, watchdog, session: 'spec' });
  const paths = { ...protectionPaths('/sys/fs/cgroup/none', directory), intentFile: file };
  return new ShmCap({ paths, mountPoint, procRoot: '/proc', files: { ...actuatorFiles, remount: by }, records });
};

/** What a process of its own says when it reserves memory there; '' when it gets it. */
const reserve = (mountPoint: string, name: string, bytes: number): string => {
  try {
    execFileSync('fallocate', ['--length', String(bytes), join(mountPoint, name)], { stdio: 'pipe' });
    return '';
  } catch (error) {
    return String(error);
  }
};

it('a process gets no more than a little, and all it wants after the restore', async () => {
  const shm = mountTmpfs('size=64m');
  const shmCap = shmCapAt(shm);
  expect(reserve(shm, 'before', 10 * MIB)).toBe('');

  expect(await shmCap.apply()).toEqual(E.right({ capBytes: 11 * MIB }));
  expect(reserve(shm, 'small', MIB / 2)).toBe('');
  expect(reserve(shm, 'large', 8 * MIB)).toContain('No space left on device');
  expect(() =>
    execFileSync('dd', ['if=/dev/zero', `of=${join(shm, 'written')}`, 'bs=1M', 'count=8'], { stdio: 'pipe' }),
  ).toThrow('No space left on device');

  expect(rightOf(await shmCap.remove()).cappedMs).toBeGreaterThan(0);
  expect(reserve(shm, 'large', 8 * MIB)).toBe('');
  expect(mountLine(shm)).toContain(`size=${64 * KIB}k`);
});

it('a statement that wants a large segment fails with one SQL error, and works after the restore', async () => {
  const server = await startPostgres({ stub: 'none', settings: { dynamic_shared_memory_type: 'mmap' } });
  // Where this kind of shared memory lies, in place of /dev/shm, which is not ours to cap.
  const shm = join(server.socketDirectory, 'data/pg_dynshmem');
  await server.stop('fast');
  mountOver(shm, 'size=256m,mode=777');
  await server.start();
  const session = await server.session();
  await session.query(`
    CREATE TABLE sample AS SELECT i, md5(i::text) AS text FROM generate_series(1, 200000) AS i;
    ALTER TABLE sample SET (parallel_workers = 2);
    ANALYZE sample;
    SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
    SET enable_mergejoin = off; SET enable_nestloop = off; SET work_mem = '128MB'`);
  const join2 = 'SELECT count(*) FROM sample a JOIN sample b USING (i, text)';
  expect((await session.query(join2)).rows).toEqual([{ count: '200000' }]);

  const shmCap = shmCapAt(shm);
  rightOf(await shmCap.apply());
  // Its code is 53100, or XX000 where the last write found room for a part (PostgreSQL keeps an old errno then).
  await expect(session.query(join2)).rejects.toThrow(/^could not resize shared memory segment/);
  expect((await session.query('SELECT 1 AS alive')).rows).toEqual([{ alive: 1 }]);

  rightOf(await shmCap.remove());
  expect((await session.query(join2)).rows).toEqual([{ count: '200000' }]);
  await session.end();
  await server.stop('immediate'); // Before the mount goes.
});

/** What the note says of the size while the mount is capped. */
const notedSize = (mountPoint: string): string =>
  new RegExp(`^shmCap (\\S+) ${mountPoint}$`, 'm').exec(readFileSync(intentFile, 'utf8'))?.[1] ?? '';

it.each([
  ['without a size, which the kernel does not show then', 'mode=1777'],
  ['of an odd number of pages', `size=${2049 * 4}k`],
  ['of an even number of pages', `size=${2050 * 4}k`],
  ['with a share of the memory', 'size=1%'],
  ['with other options', 'size=8m,nosuid,nodev,noexec,mode=1777'],
])('a mount %s gets the same number of pages back, and its other options stay', async (_which, mountOptions) => {
  const shm = mountTmpfs(mountOptions);
  const [before, { blocks, bsize }] = [mountLine(shm), statfsSync(shm)];
  const others = (line: string): string => line.replace(/,size=\d+k/, '');
  const shmCap = shmCapAt(shm);
  rightOf(await shmCap.apply());
  expect(mountLine(shm)).toContain(`size=${KIB}k`);
  expect(others(mountLine(shm))).toBe(others(before));
  // Counted, and no share: half of an odd number of pages is rounded down by default, and up for "50%".
  expect(notedSize(shm)).toBe(`${(blocks * bsize) / KIB}k`);
  rightOf(await shmCap.remove());
  expect(mountLine(shm)).toBe(before);
  expect(statfsSync(shm).blocks).toBe(blocks);
});

it('a mount that is all but full keeps its size', async () => {
  const shm = mountTmpfs('size=4m');
  const shmCap = shmCapAt(shm);
  reserve(shm, 'most', 4 * MIB - 8 * KIB);
  expect(await shmCap.apply()).toEqual(E.right({ capBytes: 4 * MIB }));
  rightOf(await shmCap.remove());
  expect(mountLine(shm)).toContain(`size=${4 * KIB}k`);
});

it('the size that the mount had is noted before the cap and struck out after the restore', async () => {
  const shm = mountTmpfs('size=8m');
  const notes: (readonly [string, boolean])[] = [];
  const shmCap = shmCapAt(shm, (mountPoint, size) => {
    notes.push([size, readFileSync(intentFile, 'utf8').includes(`shmCap 8192k ${shm}\n`)]);
    return remount(mountPoint, size);
  });
  rightOf(await shmCap.apply());
  rightOf(await shmCap.remove());
  expect(notes).toEqual([
    [String(MIB), true],
    ['8192k', true],
  ]);
  expect(existsSync(intentFile)).toBe(false);
});

it('leaves more room when use has outrun the cap', async () => {
  const shm = mountTmpfs('size=64m');
  let file = 0;
  const shmCap = shmCapAt(shm, (mountPoint, size) => {
    // As a segment that is being filled: it grows by more than the slack before mount(8) gets there.
    if (file < 2) reserve(shm, `segment-${(file += 1)}`, 3 * MIB);
    return remount(mountPoint, size);
  });
  // 0 + 1 MiB is refused, as 3 are there by then; 3 + 4 MiB hold the 6 of the second time.
  expect(await shmCap.apply()).toEqual(E.right({ capBytes: 7 * MIB }));
});

it('a cap that the kernel goes on to refuse leaves all as it was, and no note', async () => {
  const shm = mountTmpfs('size=8m');
  const tried: string[] = [];
  const shmCap = shmCapAt(shm, (_mountPoint, size) => {
    tried.push(size);
    return Promise.reject(new Error('not permitted'));
  });
  expect(leftOf(await shmCap.apply())).toBe(`${shm}: remount with size=${8 * MIB}: not permitted`);
  expect(tried).toEqual([1, 4, 8, 8, 8].map((mib) => String(mib * MIB)));
  expect(mountLine(shm)).toContain(`size=${8 * KIB}k`);
  expect(existsSync(intentFile)).toBe(false);
  expect(await shmCap.remove()).toEqual(E.right({ cappedMs: 0 }));
});

it('what cannot be noted is not done', async () => {
  const shm = mountTmpfs('size=8m');
  const file = join(directory, 'no such directory', 'limits');
  expect(leftOf(await shmCapAt(shm, remount, file).apply())).toContain(`${file}: ENOENT`);
  expect(mountLine(shm)).toContain(`size=${8 * KIB}k`);
});

it('a restore that fails may be repeated', async () => {
  const shm = mountTmpfs('size=8m');
  let works = true;
  const shmCap = shmCapAt(shm, (mountPoint, size) =>
    works ? remount(mountPoint, size) : Promise.reject(new Error('busy')),
  );
  rightOf(await shmCap.apply());
  works = false;
  expect(await shmCap.remove()).toEqual(E.left(`${shm}: remount with size=8192k: busy`));
  expect(existsSync(intentFile)).toBe(true);
  works = true;
  expect(rightOf(await shmCap.remove()).cappedMs).toBeGreaterThan(0);
  expect(mountLine(shm)).toContain(`size=${8 * KIB}k`);
  expect(await shmCap.remove()).toEqual(E.right({ cappedMs: 0 }));
});

it('a second cap is refused, and the first size stays known', async () => {
  const shm = mountTmpfs('size=8m');
  const shmCap = shmCapAt(shm);
  rightOf(await shmCap.apply());
  expect(await shmCap.apply()).toEqual(E.left(`${shm}: capped already`));
  rightOf(await shmCap.remove());
  expect(mountLine(shm)).toContain(`size=${8 * KIB}k`);
});

it('a restore that comes during a cap waits and undoes it', async () => {
  const shm = mountTmpfs('size=8m');
  const shmCap = shmCapAt(shm);
  const [capped, restored] = await Promise.all([shmCap.apply(), shmCap.remove()]);
  rightOf(capped);
  rightOf(restored);
  expect(mountLine(shm)).toContain(`size=${8 * KIB}k`);
});

it('a directory that is no mount of its own is left alone', async () => {
  const [why, fix] = leftOf(await shmCapAt(directory).apply()).split('; fix: ');
  expect(why).toContain(`${directory} is no tmpfs of its own but part of `);
  expect(fix).toBe(`before Postgres starts: mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs ${directory}`);
});

it('a mount of another kind is left alone', async () => {
  expect(leftOf(await shmCapAt('/proc').apply())).toContain('/proc is no tmpfs of its own but part of proc at /proc');
});

it('a mount of which others see a part is left alone', async () => {
  const shm = mountTmpfs('size=8m');
  const other = join(directory, 'other');
  mkdirSync(other);
  bindOver(shm, other);
  expect(leftOf(await shmCapAt(shm).apply())).toContain(`is one file system with ${other}`);
  expect(mountLine(shm)).toContain(`size=${8 * KIB}k`);
});

it('a mount that is read-only for us alone is left alone: the remount would make it so for all', async () => {
  const shm = mountTmpfs('size=8m');
  bindOver(shm, shm);
  execFileSync('mount', ['-o', 'remount,bind,ro', shm]);
  expect(leftOf(await shmCapAt(shm).apply())).toContain(
    `${shm} is read-only for this process; a remount would make it so for Postgres`,
  );
  expect(existsSync(intentFile)).toBe(false);
});

it('a mount without any limit is left alone, as its use is not known', async () => {
  const shm = mountTmpfs('size=0');
  expect(leftOf(await shmCapAt(shm).apply())).toBe(
    `${shm}: has no size limit, so its use is not known; expected one (size=)`,
  );
  expect(existsSync(intentFile)).toBe(false);
});
