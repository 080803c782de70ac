/** What may answer at a socket instead of a monitor: real servers that behave badly. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { right } from 'fp-ts/Either';
import { askStatus, MAX_REPORT_BYTES } from '../../../../adapters/tools/status/ask';
import { leftOf } from '../../../support/either';
import { removeTempDirs, tempDir } from '../../../support/event-log';
import { statusReport, talkOn } from './support';

const servers: Server[] = [];
const sockets: Socket[] = [];

/** A server that does this to each caller. */
const serverThat = async (treats: (caller: Socket) => void): Promise<string> => {
  const path = join(tempDir(), 'other.sock');
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    treats(socket);
  });
  servers.push(server);
  server.listen(path);
  await once(server, 'listening');
  return path;
};
const serverThatSays = (text: string): Promise<string> => serverThat((caller) => caller.end(text));

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  removeTempDirs();
});

it('a report is read whole, whatever the pieces', async () => {
  const report = statusReport({ reason: '→'.repeat(1000) });
  const bytes = Buffer.from(JSON.stringify(report));
  const path = await serverThat((caller) => {
    for (let at = 0; at < bytes.length; at += 7) caller.write(bytes.subarray(at, at + 7));
    caller.end();
  });
  expect(await askStatus(path)).toEqual(right(report));
});

describe('an answer that is none is told from others', () => {
  it('nobody there', async () => {
    const path = join(tempDir(), 'absent.sock');
    expect(leftOf(await askStatus(path))).toBe(`${path}: no such socket`);
  });

  it('a file that refuses connections, as a dead monitor leaves it', async () => {
    const path = join(tempDir(), 'plain');
    writeFileSync(path, '');
    expect(leftOf(await askStatus(path))).toBe(`${path}: the monitor that made it is gone`);
  });

  it('silence', async () => {
    const path = await serverThat(() => undefined);
    expect(leftOf(await askStatus(path, 50))).toBe(`${path}: no answer within 50 ms: the monitor hangs or is stopped`);
  });

  it('no end', async () => {
    const path = await serverThat(talkOn);
    expect(leftOf(await askStatus(path))).toBe(`${path}: more than ${MAX_REPORT_BYTES} bytes: no status report`);
  });

  it('nothing', async () => {
    const path = await serverThatSays('');
    expect(leftOf(await askStatus(path))).toBe(
      `${path}: hung up without an answer: too many callers, or it is stopping`,
    );
  });

  it('no JSON', async () => {
    const path = await serverThatSays('{"at":');
    expect(leftOf(await askStatus(path))).toBe(`${path}: the answer is not JSON: no monitor of this kind`);
  });

  it('a report of another build', async () => {
    const { protection: stats, ...rest } = statusReport();
    const path = await serverThatSays(
      JSON.stringify({ ...rest, protection: { ...stats, prematureDownscales: 'two' } }),
    );
    expect(leftOf(await askStatus(path))).toBe(
      `${path}: the answer is of another build: protection.prematureDownscales must be a finite number, got "two"`,
    );
  });
});
