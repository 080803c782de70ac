/** On real tmpfs mounts of the test's own, which takes root. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMountSize, remount, remountSync } from '../../../../../adapters/monitor/protection/shm-cap/remount';
import { errorText } from '../../../../../machines/shared/error-text';
import { MIB } from '../../../../../machines/shared/units';
import { bindOver, mountLine, mountTmpfs, unmountAll } from '../../../../support/tmpfs';

afterEach(unmountAll);

/** On one line, and without a code: that of a mount(8) that is missing would mean that the mount is gone. */
const whyNot = async (act: () => void | Promise<void>): Promise<string> => {
  try {
    await act();
    return 'it can';
  } catch (error) {
    expect(error).not.toHaveProperty('code');
    return errorText(error);
  }
};

describe.each([
  ['remount', remount],
  ['remountSync', remountSync],
] as const)('%s', (_name, setSize) => {
  it('sets the size of a tmpfs, and leaves its other options', async () => {
    const shm = mountTmpfs('size=8m,nodev,nosuid');
    await setSize(shm, '1024k');
    expect(mountLine(shm)).toMatch(/ rw,nosuid,nodev.* rw,size=1024k/);
    await setSize(shm, '8m');
    expect(mountLine(shm)).toContain('size=8192k');
  });

  it('leaves a file system writable for others that is mounted read-only for us alone', async () => {
    const shm = mountTmpfs('size=8m');
    const ours = mkdtempSync(join(tmpdir(), 'vm-monitor-shm-'));
    bindOver(shm, ours);
    execFileSync('mount', ['-o', 'remount,bind,ro', ours]);
    await setSize(ours, '4m');
    expect(mountLine(shm)).toMatch(/ rw,[^-]* - tmpfs \S+ rw,size=4096k/);
  });

  it('says why it cannot: the mount holds more', async () => {
    const shm = mountTmpfs('size=8m');
    writeFileSync(join(shm, 'segment'), Buffer.alloc(4 * MIB));
    expect(await whyNot(() => setSize(shm, '1m'))).toMatch(
      /^Command failed: mount -o remount,rw,size=1m \/.* mount: .*\S$/,
    );
    expect(mountLine(shm)).toContain('size=8192k');
  });

  it('says why it cannot: nothing is mounted there', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'vm-monitor-no-mount-'));
    expect(await whyNot(() => setSize(directory, '1m'))).toContain(directory);
    rmSync(directory, { recursive: true });
  });
});

it.each([
  ['1048576k', true],
  ['50%', true],
  ['0', true],
  ['', false],
  ['1k,exec', false],
  ['-1', false],
  ['1 k', false],
])('the size %j may go to mount(8): %s', (text, isSize) => {
  expect(isMountSize(text)).toBe(isSize);
});
