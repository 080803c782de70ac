/** Real PostgreSQL servers for specs. */
export { removeServers, startPostgres, type PostgresOptions, type StopMode, type TestPostgres } from './server';
export { offerWorkingSet, withdrawWorkingSet, WORKING_SET } from './working-set';
export { startProxy, stopProxies, type Proxy } from './proxy';
