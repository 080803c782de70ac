/** Fresh data directories: initdb takes a second, a copy of its result a sixth of that. */
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asOwner, bindir, cacheDirectory, giveToOwner, run } from './installation';
import { buildStub, type Stub } from './stub';

export type Settings = Readonly<Record<string, string>>;

/** A directory that both we and the server's user can reach; the clone itself may lie in a private home. */
const scratchDirectory = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'vm-monitor-pg-'));
  giveToOwner(path);
  return path;
};

const template = (): string => {
  const made = join(cacheDirectory(), 'cluster');
  if (existsSync(made)) return made;
  const scratch = scratchDirectory();
  const options = [
    '--auth=trust',
    '--username=postgres',
    '--no-sync',
    '--wal-segsize=1',
    '--locale=C',
    '--encoding=UTF8',
  ];
  const [program, args] = asOwner(join(bindir(), 'initdb'), ['-D', join(scratch, 'data'), ...options]);
  run(program, ...args);
  const unfinished = `${made}.${process.pid}`;
  run('cp', '-a', join(scratch, 'data'), unfinished);
  rmSync(scratch, { recursive: true });
  if (existsSync(made)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, made);
  return made;
};

export const configText = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = '${value}'\n`)
    .join('');

export interface Cluster {
  /** Holds the data directory and the server's socket. */
  readonly directory: string;
  readonly data: string;
}

/**
 * A new cluster.
 * @param accessRules lines of pg_hba.conf that come before "trust all"
 */
export const createCluster = (stub: Stub | 'none', settings: Settings, accessRules: readonly string[]): Cluster => {
  const directory = scratchDirectory();
  const data = join(directory, 'data');
  run('cp', '-a', template(), data);
  const rules = [...accessRules, 'local all all trust', 'host all all 127.0.0.1/32 trust'];
  writeFileSync(join(data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
  const preload: Settings = stub === 'none' ? {} : { shared_preload_libraries: join(directory, 'file_cache_stub.so') };
  if (stub !== 'none') copyFileSync(buildStub(stub), join(directory, 'file_cache_stub.so'));
  const own = { unix_socket_directories: directory, fsync: 'off', shared_buffers: '16MB', max_connections: '20' };
  writeFileSync(join(data, 'postgresql.conf'), configText({ ...own, ...preload, ...settings }));
  giveToOwner(directory);
  return { directory, data };
};
