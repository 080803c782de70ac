/** Sizes the file cache of a Postgres; docs/postgres.md says what it does there and what it needs. */
export { createFileCache, type FileCache, type FileCacheOptions, type NotOffered } from './file-cache';
export { lookAtServer, type ServerLook } from './look';
export { sampleWorkingSet } from './sample-working-set';
export { SQL_DEADLINES, type SqlDeadlines } from './deadlines';
