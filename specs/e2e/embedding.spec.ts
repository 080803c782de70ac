/** The package as another program uses it: dist/index.js with its types, and the example of the docs. */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { ignoreElements, lastValueFrom } from 'rxjs';
import { startMonitor, type MonitorOptions } from '../../adapters/embedding/start-monitor';
import { buildOnce, buildTypesOnce } from '../support/command';
import { ROOT } from '../support/repository-root';
import { removeTempDirs, tempDir } from '../support/event-log';
import { optionsFor, startTestMonitor, stopMonitors, testTree } from '../support/monitor';

const BIN = join(ROOT, 'node_modules/.bin');

beforeAll(() => {
  buildOnce();
  buildTypesOnce();
}, 120_000);
afterEach(stopMonitors);
afterAll(removeTempDirs);

/** A program that has the package installed. */
const makeUser = (moduleKind: 'commonjs' | 'module'): string => {
  const dir = tempDir();
  mkdirSync(join(dir, 'node_modules'));
  symlinkSync(ROOT, join(dir, 'node_modules/vm-monitor'));
  copyFileSync(join(ROOT, 'docs/examples/embedding.ts'), join(dir, 'embedding.ts'));
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ type: moduleKind }));
  const compilerOptions = {
    ...{ strict: true, skipLibCheck: true, target: 'ES2022', module: 'node16', moduleResolution: 'node16' },
    ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] },
  };
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['embedding.ts'] }));
  return dir;
};

describe.each(['commonjs', 'module'] as const)('a program of type %s', (moduleKind) => {
  it('compiles the example against the types, runs it on real signals, and stops it', async () => {
    const dir = makeUser(moduleKind);
    execFileSync(join(BIN, 'tsc'), ['-p', dir], { stdio: 'inherit' });
    const child = spawn(process.execPath, ['embedding.js'], { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const said: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      said.push(line);
      if (line.startsWith('wanted: ')) child.kill('SIGINT');
    }
    expect(await ended).toEqual([0, null]);
    expect(said[0]).toMatch(/^agents connect to ws:\/\/127\.0\.0\.1:[1-9]\d*\/monitor$/);
    expect(said[1]).toMatch(/^wanted: \{"cpu":[\d.]+,"mem":\d+\}, because memory: .*; CPU: /);
    expect(said.slice(-2)).toEqual([expect.stringMatching(/^at the end: \{"desired":\{/), 'stopped']);
  }, 120_000);
});

it('the package root exports what the documents name', () => {
  const names = execFileSync(process.execPath, ['-p', `Object.keys(require(${JSON.stringify(ROOT)})).join()`], {
    encoding: 'utf8',
  });
  const documented = ['startMonitor', 'fileCacheSize', 'goalComputeUnits', 'estimateTrueWorkingSetSize'];
  const others = ['projectNextHighest', 'createSlidingMax', 'readEventLog', 'replayEventLog', 'InputEvent', 'Envelope'];
  expect(names.trim().split(',')).toEqual(expect.arrayContaining([...documented, ...others]));
});

describe('startMonitor', () => {
  it.each([
    ['an unknown key', { adress: '127.0.0.1:0' }, /^adress: unknown, allowed are addr, cgroup, /],
    ['a bad address', { addr: 'nowhere' }, /^addr "nowhere": expected HOST:PORT/],
    ['a bad word', { policy: 'magic' }, /^policy "magic": expected .*headroom.*goal-cu.*sliding-max/],
    ['a number out of range', { throttleMaxMs: 60_000 }, /^throttleMaxMs "60000": expected .*0.*30000/],
    ['a value of a wrong type', { addr: null }, /^addr is null: expected a text$/],
    ['an array for one value', { cgroup: ['a', 'b'] }, /^cgroup is an array: expected one value, not an array$/],
    ['a clash', { minSize: '8,8GiB', maxSize: '1,1GiB' }, /^m(in|ax)Size "/],
  ])('rejects %s by one line with key, value and what is allowed', async (_name, options, message) => {
    // What a program in JavaScript may pass; the types would not let it.
    const given = { eventLog: 'none', ...options } as MonitorOptions;
    const failure: unknown = await startMonitor(given, new AbortController().signal).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).not.toContain('\n');
  });

  it('rejects when the address is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const addr = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const options = { ...optionsFor(testTree()), eventLog: 'none', addr };
    await expect(startMonitor(options, new AbortController().signal)).rejects.toThrow(
      `EADDRINUSE: address already in use ${addr}`,
    );
    other.close();
  });

  it('does not start when the signal has aborted already', async () => {
    await expect(startMonitor({ addr: '127.0.0.1:0', eventLog: 'none' }, AbortSignal.abort())).rejects.toThrow(
      /abort/i,
    );
  });

  it('ends at the abort: events complete, done resolves, the port is free', async () => {
    const { monitor, stop, url, first, agent } = await startTestMonitor();
    await first('sample.taken');
    const completed = lastValueFrom(monitor.events.pipe(ignoreElements()), { defaultValue: 'completed' });
    await stop();
    expect(await completed).toBe('completed');
    await expect(monitor.done).resolves.toBeUndefined();
    await expect(agent()).rejects.toThrow(`ECONNREFUSED ${new URL(url).host}`);
  });
});
