/** Where the sources of the guest's image lie, and where what is built of them. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/repository-root';

export const VM_SOURCES = join(ROOT, 'specs/vm');
const INSTALL = 'specs/vm/install.sh (make test-vm runs it)';

/** Written by install.sh too. */
export const cacheDirectory = (): string => {
  const path = join(ROOT, '.cache/vm');
  mkdirSync(path, { recursive: true });
  return path;
};

/** Debian's package of the guest's kernel and its modules, as install.sh has downloaded it. */
export const kernelPackage = (): string => {
  const found = readdirSync(cacheDirectory()).find((name) => /^linux-image-.*\.deb$/.test(name));
  if (found === undefined) throw new Error(`no kernel package in ${cacheDirectory()}; run ${INSTALL}`);
  return join(cacheDirectory(), found);
};
