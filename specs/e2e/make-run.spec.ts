/** `make run` as a newcomer meets it, on a terminal: calm lines, a decision with its reason, an end without an error. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { buildOnce } from '../support/command';
import { removeTempDirs, tempDir } from '../support/event-log';
import { eventually } from '../support/eventually';
import { ROOT } from '../support/repository-root';

beforeAll(buildOnce, 60_000);

// eslint-disable-next-line no-control-regex -- it is them that are looked for
const COLOUR = /\x1b\[\d+m/g;
const CTRL_C = '\x03';
const CTRL_Z = '\x1a';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(removeTempDirs);

interface MakeRun {
  readonly press: (keys: string) => void;
  /** All that the terminal shows so far, without colours. */
  readonly text: () => string;
  readonly isColoured: () => boolean;
  /** Of make. */
  readonly status: Promise<number | null>;
}

/** -o: other specs use the bundles at the same time, so they are not built anew. script(1) gives it a terminal. */
const makeRun = (runDir: string): MakeRun => {
  const command = `make --no-print-directory -o bundles run RUN_DIR=${runDir} ARGS='--addr 127.0.0.1:0'`;
  const script = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '', TERM: 'xterm' },
  });
  children.push(script);
  let text = '';
  script.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return {
    press: (keys) => script.stdin.write(keys),
    text: () => text.replaceAll(COLOUR, ''),
    isColoured: () => text.search(COLOUR) >= 0,
    status: once(script, 'close').then(([status]) => (typeof status === 'number' ? status : null)),
  };
};

const decision = / info {2}decided [\d.]+ vCPU, [\d.]+ [KMGT]iB: \S+/;

describe('make run', () => {
  it('warns of nothing before its first decision, and ends at Ctrl-C with status 0', async () => {
    const { press, text, isColoured, status } = makeRun(tempDir());
    await eventually(() => decision.test(text()), true);
    expect(text()).not.toMatch(/ (warn|error) /);
    expect(text()).toMatch(/vm-monitor doctor/);
    expect(isColoured()).toBe(true);
    press(CTRL_C);
    expect(await status).toBe(0);
    expect(text()).toMatch(/stopping: SIGINT[^]*stopped/);
    expect(text()).not.toMatch(/\*\*\*|Error|Interrupt/);
  });

  it('says its first decision with a reason also when it starts again on the log of before', async () => {
    const runDir = tempDir();
    const first = makeRun(runDir);
    await eventually(() => decision.test(first.text()), true);
    first.press(CTRL_C);
    expect(await first.status).toBe(0);
    const second = makeRun(runDir);
    await eventually(() => decision.test(second.text()), true);
    second.press(CTRL_Z + CTRL_C);
    expect(await second.status).toBe(0);
    expect(second.text()).toMatch(new RegExp(`eventLog=${runDir}/log`));
  });
});
