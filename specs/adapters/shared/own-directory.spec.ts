import { chmodSync, chownSync, lchownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { right } from 'fp-ts/Either';
import { checkDirectory, claimDirectory } from '../../../adapters/shared/own-directory';
import { leftOf, rightOf } from '../../support/either';
import { removeTempDirs, tempDir } from '../../support/event-log';

let dir: string;
beforeEach(() => {
  dir = join(tempDir(), 'vm-monitor');
});
afterEach(() => {
  jest.restoreAllMocks();
  removeTempDirs();
});

/** Gives it to another user: root can do that; for others it is we who are someone else then. */
const giveAway = (path: string, chown: typeof chownSync): number => {
  const own = process.getuid!();
  const uid = own === 0 ? 12_345 : own;
  if (own === 0) chown(path, uid, uid);
  jest.spyOn(process, 'getuid').mockReturnValue(uid + 1);
  return uid;
};

describe('a directory for files of ours', () => {
  it('is made for us alone', () => {
    rightOf(claimDirectory(dir));
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(claimDirectory(dir)).toEqual(right(undefined));
  });

  it('may be readable for others', () => {
    mkdirSync(dir);
    chmodSync(dir, 0o755);
    expect(claimDirectory(dir)).toEqual(right(undefined));
  });

  it('may be a link of ours', () => {
    symlinkSync(tempDir(), dir);
    expect(claimDirectory(dir)).toEqual(right(undefined));
  });

  it('is not made by a check', () => {
    expect(checkDirectory(dir)).toEqual({ _tag: 'Left', left: `${dir}: ENOENT: no such file or directory` });
    expect(() => statSync(dir)).toThrow('ENOENT');
  });

  it('is made at one level only', () => {
    expect(leftOf(claimDirectory(join(dir, 'below')))).toBe(`${dir}/below: ENOENT: no such file or directory`);
  });
});

describe('a directory is refused', () => {
  it.each([0o777, 0o775, 0o1777])('that others may write (mode %o)', (mode) => {
    mkdirSync(dir);
    chmodSync(dir, mode);
    expect(leftOf(claimDirectory(dir))).toBe(`${dir}: others may write it (expected mode 0755 or less)`);
  });

  it('of another user', () => {
    mkdirSync(dir);
    const uid = giveAway(dir, chownSync);
    expect(leftOf(claimDirectory(dir))).toBe(`${dir}: belongs to uid ${uid} (expected root or ours)`);
  });

  it('to which a link of another user leads', () => {
    symlinkSync(tempDir(), dir);
    const uid = giveAway(dir, lchownSync);
    expect(leftOf(claimDirectory(dir))).toBe(`${dir}: belongs to uid ${uid} (expected root or ours)`);
  });

  it('that is a file', () => {
    writeFileSync(dir, '');
    expect(leftOf(claimDirectory(dir))).toBe(`${dir}: is no directory`);
  });
});
