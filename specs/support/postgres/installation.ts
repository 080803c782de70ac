/** The PostgreSQL that is installed on this machine, and the user that may run it. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../repository-root';

const ALL = '/usr/lib/postgresql';
const INSTALL = 'specs/support/postgres/install.sh (make test runs it)';

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const versions = (): readonly string[] => {
  try {
    return readdirSync(ALL).sort((a, b) => Number(b) - Number(a));
  } catch {
    return [];
  }
};

/** The directory of the newest server's programs. */
export const bindir = (): string => {
  const found = versions()
    .map((version) => join(ALL, version, 'bin'))
    .find((bin) => isExecutable(join(bin, 'postgres')) && isExecutable(join(bin, 'initdb')));
  if (found === undefined) throw new Error(`no PostgreSQL server in ${ALL}; run ${INSTALL}`);
  return found;
};

export const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** "15.18" */
export const version = (): string => /\d+(\.\d+)?/.exec(run(join(bindir(), 'postgres'), '--version'))![0];

const isRoot = process.getuid!() === 0;

/** Postgres refuses to run as root. */
const OWNER = 'postgres';

/** The same command as the user who may run a server; it dies with us, also when we are killed. */
export const asOwner = (program: string, args: readonly string[]): readonly [string, readonly string[]] => {
  const user = isRoot ? ['--reuid', OWNER, '--regid', OWNER, '--clear-groups'] : [];
  return ['setpriv', [...user, '--pdeathsig', 'QUIT', program, ...args]];
};

export const giveToOwner = (path: string): void => {
  if (isRoot) run('chown', '-R', `${OWNER}:${OWNER}`, path);
};

/** What is built once and used by all specs; apart for each user and version. */
export const cacheDirectory = (): string => {
  const path = join(ROOT, '.cache/postgres', `${version()}-${process.getuid!()}`);
  mkdirSync(path, { recursive: true });
  return path;
};
