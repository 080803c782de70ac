/** Real PostgreSQL servers for specs. */
export { removeServers, startPostgres, type PostgresOptions, type StopMode, type TestPostgres } from './server';
export { startProxy, stopProxies, type Proxy } from './proxy';
