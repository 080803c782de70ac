/** The guest's image: built on first use into .cache/vm, in about ten seconds, from Debian's packages on this machine. */
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildInitrd } from './initrd';
import { unpackKernel } from './kernel';
import { cacheDirectory } from './places';
import { recipe } from './recipe';
import { buildRoot } from './root';

export interface Image {
  readonly kernel: string;
  readonly initrd: string;
  /** ext4; is never written to. */
  readonly root: string;
  /** What else is learnt about guests of this image is kept here. */
  readonly directory: string;
}

const imageIn = (directory: string): Image => ({
  kernel: join(directory, 'vmlinux'),
  initrd: join(directory, 'initrd.cpio'),
  root: join(directory, 'root.ext4'),
  directory,
});

const PREFIX = 'image-';

const removeOthers = (kept: string): void => {
  for (const name of readdirSync(cacheDirectory())) {
    if (name.startsWith(PREFIX) && name !== kept) rmSync(join(cacheDirectory(), name), { recursive: true });
  }
};

const build = (directory: string): void => {
  const { modules } = unpackKernel(directory);
  buildInitrd(directory, modules);
  buildRoot(directory);
  for (const part of ['package', 'initrd', 'root']) rmSync(join(directory, part), { recursive: true });
};

/** Builds it unless it is there. @throws when a package is missing, with the name of the script that installs it */
export const guestImage = (): Image => {
  const name = `${PREFIX}${recipe()}`;
  const directory = join(cacheDirectory(), name);
  if (!existsSync(directory)) {
    const unfinished = mkdtempSync(join(cacheDirectory(), 'unfinished-'));
    build(unfinished);
    renameSync(unfinished, directory);
    removeOthers(name);
  }
  return imageIn(directory);
};
