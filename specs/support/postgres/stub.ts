/** Builds the stand-in for neon's extension against the headers of the installed server. */
import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../repository-root';
import { bindir, cacheDirectory, run } from './installation';

const SOURCE = join(ROOT, 'specs/support/postgres/file_cache_stub.c');

/**
 * like-neon: the settings as neon has them. restart-only: the limit cannot be changed by a reload. hidden: only
 * superusers may see it.
 */
export type Stub = 'like-neon' | 'restart-only' | 'hidden';

const DEFINES: Readonly<Record<Stub, readonly string[]>> = {
  'like-neon': [],
  hidden: ['-DLIMIT_FLAGS=GUC_SUPERUSER_ONLY'],
  'restart-only': ['-DLIMIT_CONTEXT=PGC_POSTMASTER'],
};

/** The path of the built module; built anew only when its source is newer. */
export const buildStub = (stub: Stub): string => {
  const built = join(cacheDirectory(), `${stub}.so`);
  if (existsSync(built) && statSync(built).mtimeMs > statSync(SOURCE).mtimeMs) return built;
  const headers = run(join(bindir(), 'pg_config'), '--includedir-server');
  const unfinished = `${built}.${process.pid}`;
  run('gcc', '-O2', '-fPIC', '-shared', '-Wall', '-Werror', `-I${headers}`, ...DEFINES[stub], '-o', unfinished, SOURCE);
  renameSync(unfinished, built); // Another worker may build the same.
  return built;
};
