/** Real sockets; other monitors are processes of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { isRight, right } from 'fp-ts/Either';
import { askStatus } from '../../../../adapters/tools/status/ask';
import { serveStatus, type StatusServer, MAX_CALLERS } from '../../../../adapters/monitor/status/serve';
import { statusSocketPath } from '../../../../adapters/monitor/status/socket-path';
import { leftOf, rightOf } from '../../../support/either';
import { removeTempDirs, tempDir } from '../../../support/event-log';
import { statusReport, talkOn } from './support';

const REPORT = statusReport();
const servers: StatusServer[] = [];
const others: ChildProcess[] = [];

const serve = async (path: string, answerMs?: number): Promise<StatusServer> => {
  const server = rightOf(await serveStatus(path, () => REPORT, answerMs));
  servers.push(server);
  return server;
};

const refusalOf = async (path: string): Promise<string> => leftOf(await serveStatus(path, () => REPORT));

/** A process that listens at `path` and gives no answer. */
const otherMonitor = async (path: string): Promise<ChildProcess> => {
  const program = `require('node:net').createServer().listen(process.argv[1], () => console.log('listening'))`;
  const child = spawn(process.execPath, ['-e', program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  others.push(child);
  await once(child.stdout, 'data');
  return child;
};

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
};

let path: string;
beforeEach(() => {
  path = statusSocketPath(tempDir(), 10301);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await Promise.all(others.splice(0).map(kill));
  removeTempDirs();
});

describe('the status socket', () => {
  it('gives each caller the report and hangs up', async () => {
    await serve(path);
    expect(await askStatus(path)).toEqual(right(REPORT));
    expect(await askStatus(path)).toEqual(right(REPORT));
  });

  it('bears the port in its name and is for its owner only', async () => {
    await serve(path);
    expect(path).toMatch(/\/monitor-10301\.sock$/);
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  });

  it('makes its directory, for its owner only', async () => {
    const inside = join(tempDir(), 'vm-monitor', 'monitor-1.sock');
    await serve(inside);
    expect((statSync(join(inside, '..')).mode & 0o777).toString(8)).toBe('700');
    expect(await askStatus(inside)).toEqual(right(REPORT));
  });

  it('is gone after the close', async () => {
    const server = await serve(path);
    await server.close();
    expect(existsSync(path)).toBe(false);
    expect(leftOf(await askStatus(path))).toBe(`${path}: no such socket`);
  });

  it('passes over what a caller says', async () => {
    await serve(path);
    const socket = connect(path);
    socket.write('GET / HTTP/1.1\r\n\r\n'.repeat(1000));
    const [text] = (await once(socket, 'data')) as [Buffer];
    expect(text.toString()).toBe(`${JSON.stringify(REPORT)}\n`);
    socket.destroy();
  });
});

describe('another monitor at the same path', () => {
  it('that was killed left a dead socket, which is replaced', async () => {
    await kill(await otherMonitor(path));
    expect(lstatSync(path).isSocket()).toBe(true);
    expect(leftOf(await askStatus(path))).toBe(`${path}: the monitor that made it is gone`);
    await serve(path);
    expect(await askStatus(path)).toEqual(right(REPORT));
  });

  it('that lives keeps its socket', async () => {
    await serve(path);
    expect(await refusalOf(path)).toBe(`status socket ${path}: another monitor answers there`);
    expect(await askStatus(path)).toEqual(right(REPORT));
  });

  it('that is stopped keeps its socket, since it may go on', async () => {
    (await otherMonitor(path)).kill('SIGSTOP');
    expect(await refusalOf(path)).toBe(`status socket ${path}: another monitor answers there`);
  });
});

describe('a place that cannot hold the socket is named', () => {
  it('a plain file is not removed', async () => {
    writeFileSync(path, 'precious');
    expect(await refusalOf(path)).toBe(`status socket ${path}: exists and is no socket`);
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  it('a link is not followed', async () => {
    const target = join(tempDir(), 'target');
    writeFileSync(target, 'precious');
    symlinkSync(target, path);
    expect(await refusalOf(path)).toBe(`status socket ${path}: exists and is no socket`);
    expect(existsSync(target)).toBe(true);
  });

  it('a path that is too long for a socket, which the kernel would cut', async () => {
    const long = join(tempDir(), `${'x'.repeat(100)}.sock`);
    expect(await refusalOf(long)).toBe(`status socket ${long}: longer than 107 bytes`);
  });

  it.each(['/proc/vm-monitor', '/nowhere/vm-monitor'])('%s cannot be made', async (dir) => {
    expect(await refusalOf(join(dir, 'm.sock'))).toBe(`status socket ${dir}: ENOENT: no such file or directory`);
  });

  it('a directory that others may write, where they could put a socket of theirs', async () => {
    const dir = join(path, '..');
    chmodSync(dir, 0o777);
    expect(await refusalOf(path)).toBe(`status socket ${dir}: others may write it (expected mode 0755 or less)`);
  });

  it('a directory of another user', async () => {
    const dir = join(path, '..');
    // Root can give it away; for others it is we who are someone else.
    const uid = process.getuid!() === 0 ? 12_345 : process.getuid!();
    if (process.getuid!() === 0) chownSync(dir, uid, uid);
    jest.spyOn(process, 'getuid').mockReturnValue(uid + 1);
    expect(await refusalOf(path)).toBe(`status socket ${dir}: belongs to uid ${uid} (expected root or ours)`);
  });
});

describe('callers that do not hang up', () => {
  const callers: Socket[] = [];
  /** Takes the report and then holds its end of the connection open. */
  const linger = async (): Promise<Socket> => {
    const socket = connect({ path, allowHalfOpen: true });
    callers.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'data');
    return socket;
  };
  afterEach(() => {
    for (const socket of callers.splice(0)) socket.destroy();
  });

  it('are few; one more is hung up on without an answer', async () => {
    await serve(path, 60_000);
    for (let i = 0; i < MAX_CALLERS; i += 1) await linger();
    expect(leftOf(await askStatus(path))).toMatch(/hung up without an answer: too many callers|ECONNRESET/);
    callers[0]?.destroy();
    let answer = await askStatus(path);
    while (!isRight(answer)) answer = await askStatus(path);
    expect(answer).toEqual(right(REPORT));
  });

  it('are hung up on in time', async () => {
    await serve(path, 50);
    const socket = await linger();
    const closed = new Promise((resolve) => socket.on('close', resolve));
    talkOn(socket);
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  it('do not hold up the close', async () => {
    const server = await serve(path, 60_000);
    await linger();
    await server.close();
    expect(existsSync(path)).toBe(false);
  });
});
