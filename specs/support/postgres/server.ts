/** Throw-away PostgreSQL servers: each with its own data directory, socket and port. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { configText, createCluster, type Settings } from './cluster';
import { asOwner, bindir } from './installation';
import type { Stub } from './stub';

/** How a server is told to stop (PostgreSQL's manual, "Shutting Down the Server"). */
const STOP_SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;
export type StopMode = keyof typeof STOP_SIGNALS;

export interface PostgresOptions {
  /** Added to postgresql.conf. */
  readonly settings?: Settings;
  /** The module with neon's two settings; none: a stock server. */
  readonly stub?: Stub | 'none';
  /** Lines of pg_hba.conf that come first; all else is trusted. */
  readonly accessRules?: readonly string[];
}

export interface TestPostgres {
  readonly port: number;
  readonly socketDirectory: string;
  /** Connection string of the superuser by TCP. */
  readonly dsn: string;
  /** Adds to postgresql.conf; takes effect with the next reload or start. */
  configure(settings: Settings): void;
  /** Starts the server unless it runs; rejects with what it said when it does not come up. */
  start(): Promise<void>;
  /** Sends the postmaster a signal. */
  signal(name: NodeJS.Signals): void;
  /** Resolves when the server has ended. */
  stop(mode: StopMode): Promise<void>;
  restart(): Promise<void>;
  /** Runs a statement as superuser on a connection of its own. */
  query(text: string): Promise<readonly Record<string, unknown>[]>;
  /** A superuser's session that stays open; `close` it. */
  session(): Promise<Client>;
  /** Stops and removes everything. */
  remove(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Resolves when the server is ready; rejects with its words when it ends before that. */
const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('database system is ready to accept connections')) resolve();
    });
    child.once('exit', (code, signal) => {
      reject(new Error(`the server ended (${String(code ?? signal)}): ${said}`));
    });
  });

const servers = new Set<TestPostgres>();

/** Belongs into afterAll or afterEach. */
export const removeServers = async (): Promise<void> => {
  await Promise.all([...servers].map((server) => server.remove()));
};

/** A running server. Without options: with the two settings of neon, a limit of 128 MB and a maximum of 1 GB. */
export const startPostgres = async ({
  settings = { 'neon.max_file_cache_size': '1GB', 'neon.file_cache_size_limit': '128MB' },
  stub = 'like-neon',
  accessRules = [],
}: PostgresOptions = {}): Promise<TestPostgres> => {
  const port = await freePort();
  const { directory, data } = createCluster(stub, { port: String(port), ...settings }, accessRules);
  let child: ChildProcess | null = null;

  const isRunning = (): boolean => child !== null && child.exitCode === null && child.signalCode === null;

  const session = async (): Promise<Client> => {
    const client = new Client({ host: directory, port, user: 'postgres', database: 'postgres' });
    client.on('error', () => undefined); // Most of these servers are stopped under their clients.
    await client.connect();
    return client;
  };

  const server: TestPostgres = {
    port,
    socketDirectory: directory,
    dsn: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    configure: (more) => {
      appendFileSync(join(data, 'postgresql.conf'), configText(more));
    },
    start: async () => {
      if (isRunning()) return;
      const [program, args] = asOwner(join(bindir(), 'postgres'), ['-D', data]);
      child = spawn(program, args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
      await ready(child);
    },
    signal: (name) => {
      child?.kill(name);
    },
    stop: async (mode) => {
      if (child === null || !isRunning()) return;
      const exited = once(child, 'exit');
      child.kill(STOP_SIGNALS[mode]);
      await exited;
    },
    restart: async () => {
      await server.stop('fast');
      await server.start();
    },
    query: async (text) => {
      const client = await session();
      try {
        return (await client.query<Record<string, unknown>>(text)).rows;
      } finally {
        await client.end();
      }
    },
    session,
    remove: async () => {
      servers.delete(server);
      await server.stop('immediate');
      rmSync(directory, { recursive: true, force: true });
    },
  };
  servers.add(server);
  await server.start();
  return server;
};
