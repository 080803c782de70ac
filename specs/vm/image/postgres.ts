/** PostgreSQL of this machine in the guest's tree, with a data directory that is ready to start. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster } from '../../support/postgres/cluster';
import { bindir, run } from '../../support/postgres/installation';
import { buildStub } from '../../support/postgres/stub';
import { addLibrariesOf, addProgram } from './programs';

const PROGRAMS = ['postgres', 'psql', 'pgbench', 'pg_isready'] as const;
const STUB = '/opt/file_cache_stub.so';
export const DATA_DIRECTORY = '/var/lib/postgresql/data';

/** Small, so that a VM of 512 MiB has room for what the scenarios take. */
const SETTINGS = {
  listen_addresses: '*',
  unix_socket_directories: '/tmp',
  shared_buffers: '32MB',
  max_connections: '40',
  max_wal_size: '256MB',
  jit: 'off',
  shared_preload_libraries: STUB,
  'neon.max_file_cache_size': '1GB',
  'neon.file_cache_size_limit': '128MB',
} as const;

/** Only the harness reaches the guest's network. */
const ACCESS_RULES = ['host all all 0.0.0.0/0 trust'] as const;

/** Of the programs' directory only what runs in the guest; of the libraries none of the compiler for queries. */
export const addPostgres = (tree: string): void => {
  const home = join(bindir(), '..');
  for (const program of PROGRAMS) addProgram(tree, join(bindir(), program));
  const [lib, share] = [
    run(join(bindir(), 'pg_config'), '--pkglibdir'),
    run(join(bindir(), 'pg_config'), '--sharedir'),
  ];
  const copy = `mkdir -p "$2" && tar -C "$1" --exclude=llvmjit* --exclude=bitcode --exclude=pgxs -c . | tar -C "$2" -x`;
  for (const directory of [lib, share]) run('sh', '-c', copy, 'sh', directory, join(tree, directory));
  addLibrariesOf(tree, join(home, 'lib/libpqwalreceiver.so'));
  copyFileSync(buildStub('like-neon'), join(tree, STUB));
};

/** Keeps the owner of the files: Postgres wants its data to be its own. */
export const addDataDirectory = (tree: string): void => {
  const { directory, data } = createCluster('none', SETTINGS, ACCESS_RULES);
  mkdirSync(join(tree, DATA_DIRECTORY, '..'), { recursive: true });
  run('mv', data, join(tree, DATA_DIRECTORY));
  run('rm', '-r', directory);
};
