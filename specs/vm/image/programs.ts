/** Puts programs of this machine, and small ones of our own, into a tree of files for the guest. */
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../../support/postgres/installation';
import { VM_SOURCES } from './places';

export const BUSYBOX = run('sh', '-c', 'command -v busybox');

const copyInto = (tree: string, path: string): void => {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  copyFileSync(path, join(tree, path));
};

/** Absolute paths of the shared libraries that a program loads, the dynamic linker among them. */
const librariesOf = (program: string): readonly string[] =>
  [...run('ldd', program).matchAll(/\/\S+/g)].map(([path]) => path);

/** Copies a program with its libraries to where they are on this machine. */
export const addProgram = (tree: string, path: string): void => {
  copyInto(tree, path);
  addLibrariesOf(tree, path);
};

export const addLibrariesOf = (tree: string, path: string): void => {
  for (const library of librariesOf(path)) copyInto(tree, library);
};

/** busybox under all its names, in /bin. */
export const addBusybox = (tree: string): void => {
  mkdirSync(join(tree, 'bin'), { recursive: true });
  copyFileSync(BUSYBOX, join(tree, 'bin/busybox'));
  for (const name of run(BUSYBOX, '--list').split('\n')) {
    if (name !== 'busybox') symlinkSync('busybox', join(tree, 'bin', name));
  }
};

/** Compiles specs/vm/guest/NAME.c to /opt/NAME, without need of any library. */
export const compileInto = (tree: string, name: string): void => {
  const source = join(VM_SOURCES, 'guest', `${name}.c`);
  run('gcc', '-O2', '-static', '-Wall', '-Wextra', '-Werror', '-o', join(tree, 'opt', name), source);
};
