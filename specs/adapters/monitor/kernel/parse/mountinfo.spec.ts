/** What is mounted where. How malformed texts are refused is in malformed.spec.ts. */
import { right } from 'fp-ts/Either';
import { type Mount, mountOf, parseMountinfo } from '../../../../../adapters/shared/parse/mountinfo';

const SHM: Mount = {
  mountPoint: '/dev/shm',
  root: '/',
  device: '0:23',
  fsType: 'tmpfs',
  readOnly: false,
};

describe('a mount', () => {
  it.each<[string, string, Partial<Mount>]>([
    ['with a size', '25 24 0:23 / /dev/shm rw,relatime shared:4 master:1 - tmpfs tmpfs rw,size=64k,inode64', {}],
    ['without one', '25 24 0:23 / /dev/shm rw - tmpfs tmpfs rw,inode64', {}],
    ['that is read-only itself', '25 24 0:23 / /dev/shm ro,nosuid - tmpfs tmpfs rw,size=64k', { readOnly: true }],
    ['of a file system that is', '25 24 0:23 / /dev/shm rw,nosuid - tmpfs tmpfs ro,size=64k', {}],
    ['whose source is empty', '25 24 0:23 / /dev/shm rw - tmpfs  rw,size=64k', {}],
    [
      'with blanks in its names',
      '9 1 8:1 /a\\040b /c\\011d\\134 rw - ext4 /dev/sda rw',
      { root: '/a b', mountPoint: '/c\td\\', device: '8:1', fsType: 'ext4' },
    ],
  ])('%s is read', (_what, line, change) => {
    expect(parseMountinfo('file', `${line}\n`)).toEqual(right([{ ...SHM, ...change }]));
  });
});

describe('the mount of a path', () => {
  const at = (mountPoint: string, device: string): Mount => ({ ...SHM, mountPoint, device });
  const mounts = [at('/', '1:1'), at('/dev', '1:2'), at('/dev/shm', '1:3'), at('/dev/shm', '1:4'), at('/de', '1:5')];

  it.each([
    ['/dev/shm', '1:4'],
    ['/dev/shm/segment', '1:4'],
    ['/dev/shmem', '1:2'],
    ['/dev', '1:2'],
    ['/', '1:1'],
    ['/home', '1:1'],
  ])('%s is the deepest one, and of several the last: %s', (path, device) => {
    expect(mountOf(mounts, path)?.device).toBe(device);
  });

  it('is none where nothing is mounted above it', () => {
    expect(mountOf([SHM], '/dev')).toBeNull();
  });
});
