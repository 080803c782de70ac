/** `vm-monitor replay` on the log of a real session, whole and damaged. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildOnce, runCommand, stopCommands } from '../support/command';
import { logDir, namesIn, readAll, removeTempDirs, tempDir } from '../support/event-log';
import { startTestMonitor, stopMonitors } from '../support/monitor';
import { lastOf, logOf, NAME, recordSession, written } from '../support/recorded-session';

/** The lines of the recorded segment. */
let lines: readonly string[] = [];

beforeAll(async () => {
  buildOnce();
  lines = await recordSession();
}, 60_000);
afterEach(stopCommands);
afterAll(async () => {
  await stopMonitors();
  removeTempDirs();
});

const withLine = (index: number, change: (line: string) => string): string[] =>
  lines.map((line, i) => (i === index ? written(change(line)) : line));

describe('a whole log', () => {
  it('gives 0 divergences and status 0, as a directory and as a file', async () => {
    const dir = await logOf(lines);
    for (const path of [dir, join(dir, NAME)]) {
      const { status, stdout, stderr } = await runCommand(['replay', path]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`\\n${lines.length} events, \\d+ decisions, 0 divergences\\n$`));
    }
  });

  it('is told by --json in exactly the fields of the contract', async () => {
    const dir = await logOf(lines);
    const decisions = (await readAll(dir)).flatMap(({ seq, at, event }) =>
      event.type === 'size.decided' ? [{ seq, at, desired: event.desired, reason: event.reason }] : [],
    );
    expect(decisions.length).toBeGreaterThanOrEqual(2);
    const summary = { events: lines.length, decisions: decisions.length, divergences: 0 };
    const { status, stdout } = await runCommand(['replay', dir, '--json']);
    expect(status).toBe(0);
    expect(stdout).toBe([...decisions, summary].map((line) => `${JSON.stringify(line)}\n`).join(''));
  });

  it('is not changed by its replay', async () => {
    const dir = await logOf(lines);
    await runCommand(['replay', dir]);
    expect(await readdir(dir)).toEqual([NAME]);
    expect(await readFile(join(dir, NAME), 'utf8')).toBe(`${lines.join('\n')}\n`);
  });
});

describe('outputs that the fold does not give: status 1, and the first difference is shown', () => {
  it('a changed output', async () => {
    const at = lastOf(lines, 'size.decided');
    const dir = await logOf(withLine(at, (line) => line.replace('1610612736', '2147483648')));
    const { status, stdout, stderr } = await runCommand(['replay', dir, '--json']);
    expect(status).toBe(1);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/"divergences":1\}$/);
    expect(stderr).toMatch(new RegExp(`^first difference: at seq ${at + 1} .*1610612736.*2147483648`));
  });

  it('a changed output, where its checksum tells of it too', async () => {
    const at = lastOf(lines, 'size.decided');
    const changed = lines.map((line, i) => (i === at ? line.replace('1610612736', '2147483648') : line));
    const { status, stderr } = await runCommand(['replay', await logOf(changed)]);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^${NAME}:${at + 1}: the checksum is wrong.*\\nfirst difference: at seq ${at + 1} `),
    );
  });

  it('an input that changed, so that other outputs follow', async () => {
    const at = lastOf(lines, 'frame.received');
    const dir = await logOf(withLine(at, (line) => line.replace('\\"id\\":4', '\\"id\\":6')));
    const { status, stderr } = await runCommand(['replay', dir]);
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`first difference: at seq ${at + 2}`));
  });
});

describe('a log of another build', () => {
  const otherBuild = (): string[] => withLine(0, (line) => line.replace(/"build":"[^"]*"/, '"build":"0.0.9+other"'));
  const changed = (): string[] =>
    otherBuild().map((line, i) =>
      i === lastOf(lines, 'size.decided') ? written(line.replace('1610612736', '2147483648')) : line,
    );

  it('without differences is as good as one of ours', async () => {
    const { status, stdout } = await runCommand(['replay', await logOf(otherBuild())]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/ 0 divergences\n$/);
  });

  it('with differences says "re-decided" and ends with 1, or with 0 if that is allowed', async () => {
    const dir = await logOf(changed());
    const refused = await runCommand(['replay', dir]);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toMatch(/ 0 divergences, re-decided: 1 /);
    const allowed = await runCommand(['replay', dir, '--allow-redecided', '--json']);
    expect(allowed.status).toBe(0);
    expect(allowed.stdout).toMatch(/"divergences":0,"redecided":1\}\n$/);
  });

  it('that runs from sources and not from the bundle is folded, too', async () => {
    const { first, stop, logDir: dir } = await startTestMonitor();
    await first('size.decided');
    await stop();
    expect(await runCommand(['replay', dir])).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('a log that cannot be read ends with status 2 and names the place', () => {
  const expectUnreadable = async (path: string, message: string | RegExp): Promise<void> => {
    const { status, stderr } = await runCommand(['replay', path]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  };

  it('a missing line', async () => {
    const dir = await logOf(lines.filter((_line, i) => i !== 4));
    await expectUnreadable(dir, `${NAME}:5: seq 6 follows 4: a line is missing`);
  });

  it('a repeated line', async () => {
    const dir = await logOf(lines.flatMap((line, i) => (i === 4 ? [line, line] : [line])));
    await expectUnreadable(dir, `${NAME}:6: seq 5 follows 5: a line is repeated`);
  });

  it('a foreign version', async () => {
    const dir = await logOf(withLine(4, (line) => line.replace('{"v":2', '{"v":7')));
    await expectUnreadable(dir, `${NAME}:5: format version 7 is not known`);
  });

  it('a line that was changed after it was written, where that changes no decision', async () => {
    const at = lastOf(lines, 'monitor.started');
    const changed = lines.map((line, i) => (i === at ? line.replace(/"at":\d+/, '"at":0') : line));
    await expectUnreadable(await logOf(changed), `${NAME}:${at + 1}: the checksum is wrong`);
  });

  it('a head that this build cannot use', async () => {
    const dir = await logOf(withLine(0, (line) => line.replace('"engine":{', '"motor":{')));
    await expectUnreadable(dir, `${NAME}:1: seq 1: log.opened has no configuration that this build knows`);
  });

  it('a line that would steer the terminal', async () => {
    const { stderr } = await runCommand(['replay', await logOf(withLine(4, () => '\u001b[2J\u202egnp.exe\u0007'))]);
    expect(stderr).toContain(String.raw`not JSON: \u001b[2J\u202egnp.exe\u0007`);
    expect(stderr.trimEnd()).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });

  it('garbage in the middle', async () => {
    await expectUnreadable(await logOf(withLine(4, () => 'garbage')), `${NAME}:5: not JSON: garbage`);
  });

  it('no log at all', async () => {
    const dir = tempDir();
    const file = join(dir, 'notes.txt');
    await writeFile(file, 'remember the milk\n');
    await expectUnreadable(file, /notes\.txt:1: not JSON: remember the milk/);
    await expectUnreadable(dir, /holds no segment/);
  });

  it('a missing path', async () => {
    await expectUnreadable(join(tempDir(), 'gone'), /gone: .*ENOENT/);
  });

  it('two paths, none, or an unknown flag', async () => {
    await expectUnreadable('', /replay: /);
    expect(await runCommand(['replay'])).toMatchObject({ status: 2 });
    expect(await runCommand(['replay', 'a', 'b'])).toMatchObject({ status: 2 });
    expect(await runCommand(['replay', '--verbose', 'a'])).toMatchObject({ status: 2 });
  });
});

it('a torn last line is passed over and said', async () => {
  const dir = await logDir({ [NAME]: `${lines.join('\n')}\n{"v":2,"seq":${lines.length + 1},"at":9` });
  const { status, stdout, stderr } = await runCommand(['replay', dir]);
  expect(status).toBe(0);
  expect(stderr).toMatch(/the last line is torn \(\d+ bytes without a line end\), ignored/);
  expect(stdout).toMatch(new RegExp(`\\n${lines.length} events,`));
  expect(await namesIn(dir)).toEqual([NAME]);
});
