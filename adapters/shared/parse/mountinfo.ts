/** /proc/self/mountinfo: what is mounted where, as this process sees it; kernel doc filesystems/proc, section 3.5. */
import * as E from 'fp-ts/Either';
import { type Parser, missing, unexpected } from './parse-error';

export interface Mount {
  readonly mountPoint: string;
  /** Which directory of its file system is mounted. */
  readonly root: string;
  /** major:minor, the same for all mounts of one file system. */
  readonly device: string;
  /** "tmpfs", "ext4". */
  readonly fsType: string;
  /** By this mount, whatever others of the same file system may. */
  readonly readOnly: boolean;
}

/** Blank, tab, line feed and backslash stand there as octal numbers: "\040". */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

const LINE = 'a line such as "36 35 98:0 /root /mount/point rw,noatime master:1 - tmpfs source rw,size=8k"';

const mountOn = (line: string): Mount | null => {
  const [before = '', after = ''] = line.split(' - ', 2);
  const [, , device, root, mountPoint, mountOptions] = before.split(' ');
  const [fsType, , fsOptions] = after.split(' ');
  if (device === undefined || root === undefined || mountPoint === undefined) return null;
  if (mountOptions === undefined || fsType === undefined || fsOptions === undefined) return null;
  return {
    mountPoint: unescaped(mountPoint),
    root: unescaped(root),
    device,
    fsType,
    readOnly: mountOptions.split(',').includes('ro'),
  };
};

/** In the order in which they were mounted: of several at one place the last one hides the others. */
export const parseMountinfo: Parser<readonly Mount[]> = (file, text) => {
  const mounts: Mount[] = [];
  for (const { 0: line, index } of text.matchAll(/.+/g)) {
    const mount = mountOn(line);
    if (mount === null) return E.left(unexpected(file, text, index, LINE));
    mounts.push(mount);
  }
  return mounts.length === 0 ? E.left(missing(file, text, LINE)) : E.right(mounts);
};

/** The mount that a path lies on: the deepest one, and of several at one place the last. Null: none covers it. */
export const mountOf = (mounts: readonly Mount[], path: string): Mount | null => {
  const covers = ({ mountPoint }: Mount): boolean => mountPoint === '/' || `${path}/`.startsWith(`${mountPoint}/`);
  return mounts
    .filter(covers)
    .reduce<Mount | null>(
      (best, mount) => (best && best.mountPoint.length > mount.mountPoint.length ? best : mount),
      null,
    );
};
