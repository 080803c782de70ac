import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeft, isRight, type Either } from 'fp-ts/Either';
import { claimLogDirectory, identify, type ClaimedDirectory } from '../../../../adapters/shared/event-log/claim';
import { removeTempDirs, tempDir } from '../../../support/event-log';

const OTHER_PID = 4242;

/** A proc root with this process and one other, whose name tries to look like the fields after it. */
const procWith = (otherStartTime: string): string => {
  const proc = tempDir();
  mkdirSync(join(proc, 'sys/kernel/random'), { recursive: true });
  writeFileSync(join(proc, 'sys/kernel/random/boot_id'), 'this-boot\n');
  const fields = (startTime: string): string =>
    `S 1 1 1 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 11 0 ${startTime} 1000 200\n`;
  for (const [pid, startTime] of [
    [process.pid, '111'],
    [OTHER_PID, otherStartTime],
  ]) {
    mkdirSync(join(proc, String(pid)));
    writeFileSync(join(proc, String(pid), 'stat'), `${String(pid)} (a ) S 1 (b) ${fields(String(startTime))}`);
  }
  return proc;
};

const reasonOf = (claimed: Either<string, ClaimedDirectory>): string => (isLeft(claimed) ? claimed.left : 'claimed');

afterAll(removeTempDirs);

describe('claimLogDirectory', () => {
  it('refuses a directory that a living monitor holds, and gives it when that one releases it', async () => {
    const dir = tempDir();
    const first = await claimLogDirectory(dir);
    if (isLeft(first)) throw new Error(first.left);
    expect(reasonOf(await claimLogDirectory(dir))).toBe(`${dir}: in use by another monitor (pid ${process.pid})`);
    await first.right.release();
    expect(isRight(await claimLogDirectory(dir))).toBe(true);
  });

  it('refuses while the holder lives with the same boot and start time', async () => {
    const dir = tempDir();
    await writeFile(join(dir, `lock.${OTHER_PID}.777.this-boot`), '');
    expect(reasonOf(await claimLogDirectory(dir, procWith('777')))).toBe(
      `${dir}: in use by another monitor (pid ${OTHER_PID})`,
    );
  });

  it.each([
    ['a dead process', 'lock.4243.777.this-boot'],
    ['another boot', `lock.${OTHER_PID}.777.last-boot`],
    ['a process that had the same pid', `lock.${OTHER_PID}.5.this-boot`],
    ['this pid in another boot', `lock.${process.pid}.111.last-boot`],
  ])('takes over the directory of %s', async (_name, lock) => {
    const dir = tempDir();
    await writeFile(join(dir, lock), '');
    const proc = procWith('777');
    expect(reasonOf(await claimLogDirectory(dir, proc))).toBe('claimed');
    expect(reasonOf(await claimLogDirectory(dir, proc))).toBe(`${dir}: in use by another monitor (pid ${process.pid})`);
    expect(await readdir(dir)).toEqual([`lock.${process.pid}.111.this-boot`]);
  });

  it('leaves no lock of its own where another one holds the directory', async () => {
    const dir = tempDir();
    await writeFile(join(dir, `lock.${OTHER_PID}.777.this-boot`), '');
    await claimLogDirectory(dir, procWith('777'));
    expect(await readdir(dir)).toEqual([`lock.${OTHER_PID}.777.this-boot`]);
  });

  it('makes a directory by a path through one that is not there yet', async () => {
    const path = `${tempDir()}/rel/../rel2/log`;
    expect(reasonOf(await claimLogDirectory(path))).toBe('claimed');
    expect(await readdir(join(path))).toHaveLength(1);
  });

  it('gives a directory to one of many that want it at once', async () => {
    const dir = tempDir();
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimLogDirectory(dir)));
    expect(claims.filter(isRight).length).toBe(1);
  });

  it('says why a directory cannot be made or written', async () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    expect(reasonOf(await claimLogDirectory(join(file, 'log')))).toMatch(/log: cannot be written: ENOTDIR/);
    expect(reasonOf(await claimLogDirectory('/proc/vm-monitor'))).toMatch(/^\/proc\/vm-monitor: cannot be written: /);
  });

  it('says that it needs to know itself', async () => {
    const [dir, proc] = [tempDir(), tempDir()];
    expect(reasonOf(await claimLogDirectory(dir, proc))).toBe(
      `${dir}: cannot be claimed without ${proc}/${process.pid}/stat`,
    );
  });
});

describe('identify', () => {
  it('reads the start time behind a name with blanks and brackets', () => {
    expect(identify(procWith('777'), OTHER_PID)).toBe(`${OTHER_PID}.777.this-boot`);
  });

  it('is null for a stat file that is cut short', () => {
    const proc = tempDir();
    mkdirSync(join(proc, '7'));
    writeFileSync(join(proc, '7', 'stat'), '7 (node) S 1');
    expect(identify(proc, 7)).toBeNull();
  });
});
