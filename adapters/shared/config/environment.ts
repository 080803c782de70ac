/** What settings depend on besides the texts of flags: environment, files, terminal. Injected, so specs can choose. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { MIB } from '../../../machines/shared/units';
import { fileFailure } from '../node-error';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Environment {
  readonly environment: Variables;
  readonly homeDir: string;
  /** Of the user that we run as. */
  readonly uid: number;
  readonly tmpDir: string;
  readonly stdoutIsTerminal: boolean;
  /** Throws when the file cannot be read. */
  readonly readTextFile: (path: string) => string;
  /** Whether we could write files into this directory, creating it if need be. */
  readonly canHoldFiles: (dir: string) => boolean;
}

/** A config file has a few dozen short lines; a larger file is the wrong file. */
const MAX_CONFIG_FILE_BYTES = MIB;

export const readTextFile = (path: string): string => {
  const stats = statSync(path);
  if (!stats.isFile()) throw new Error('not a regular file');
  if (stats.size > MAX_CONFIG_FILE_BYTES) throw new Error(`larger than ${MAX_CONFIG_FILE_BYTES} bytes`);
  return readFileSync(path, 'utf8');
};

/** Looks only, creates nothing: decided by the nearest ancestor that exists. */
export const canHoldFiles = (dir: string): boolean => {
  const path = resolve(dir);
  try {
    if (!statSync(path).isDirectory()) return false;
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    const isMissing = fileFailure(path, error).code === 'ENOENT';
    return isMissing && path !== dirname(path) && canHoldFiles(dirname(path));
  }
};

/** This process. */
export const processEnvironment = (): Environment => ({
  environment: process.env,
  homeDir: homedir(),
  uid: process.getuid?.() ?? 0,
  tmpDir: tmpdir(),
  stdoutIsTerminal: process.stdout.isTTY,
  readTextFile,
  canHoldFiles,
});
