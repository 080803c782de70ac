/** The guest's root file system: busybox, Node, PostgreSQL, the harness' own programs. */
import { copyFileSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../support/postgres/installation';
import { VM_SOURCES } from './places';
import { addDataDirectory, addPostgres, DATA_DIRECTORY } from './postgres';
import { addBusybox, addProgram, compileInto } from './programs';

const DIRECTORIES = ['dev', 'etc', 'opt', 'proc', 'root', 'run', 'sbin', 'sys', 'tmp', 'var/lib', 'var/log', 'var/tmp'];
/** Sparse: what the guest may write is taken from the host only when it is written. */
const ROOT_BYTES = '4G';

const addAccounts = (tree: string): void => {
  const { uid, gid } = statSync(join(tree, DATA_DIRECTORY));
  writeFileSync(join(tree, 'etc/passwd'), `root:x:0:0::/root:/bin/sh\npostgres:x:${uid}:${gid}::/tmp:/bin/sh\n`);
  writeFileSync(join(tree, 'etc/group'), `root:x:0:\npostgres:x:${gid}:\n`);
  writeFileSync(join(tree, 'etc/hosts'), '127.0.0.1 localhost guest\n');
};

/** @returns the path of the ext4 image */
export const buildRoot = (directory: string): string => {
  const tree = join(directory, 'root');
  for (const name of DIRECTORIES) mkdirSync(join(tree, name), { recursive: true });
  run('chmod', '1777', join(tree, 'tmp'), join(tree, 'var/tmp'));
  addBusybox(tree);
  addProgram(tree, process.execPath);
  if (process.execPath !== '/usr/bin/node') symlinkSync(process.execPath, join(tree, 'usr/bin/node'));
  addPostgres(tree);
  addDataDirectory(tree);
  addAccounts(tree);
  compileInto(tree, 'command-server');
  compileInto(tree, 'grow');
  compileInto(tree, 'ramp');
  compileInto(tree, 'reference');
  compileInto(tree, 'watch');
  copyFileSync(join(VM_SOURCES, 'image/guest-init.sh'), join(tree, 'sbin/init'));
  run('chmod', '755', join(tree, 'sbin/init'));
  const image = join(directory, 'root.ext4');
  // No journal and no checksums: nothing of it outlives the guest.
  const options = ['-q', '-F', '-O', '^has_journal,^metadata_csum,uninit_bg', '-m', '0'];
  run('/usr/sbin/mkfs.ext4', ...options, '-d', tree, image, ROOT_BYTES);
  return image;
};
