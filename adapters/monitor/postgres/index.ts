/** Sizes the file cache of a Postgres; docs/postgres.md says what it does there and what it needs. */
export { FileCache, type FileCacheOptions, type NotOffered } from './file-cache';
export { lookAtServer, type ServerLook } from './held-server';
export { sampleWorkingSet } from './sample-working-set';
export { SQL_DEADLINES, type SqlDeadlines } from './deadlines';
