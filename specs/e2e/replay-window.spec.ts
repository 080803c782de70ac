/** `vm-monitor replay` of a part of a log, and of one that is still being written. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildOnce, runCommand, startCommand, stopCommands } from '../support/command';
import { readAll, removeTempDirs, tempDir } from '../support/event-log';
import { lastOf, logOf, NAME, recordSession } from '../support/recorded-session';

/** The lines of the recorded segment. */
let lines: readonly string[] = [];

beforeAll(async () => {
  buildOnce();
  lines = await recordSession();
}, 60_000);
afterEach(stopCommands);
afterAll(removeTempDirs);

describe('the wall clock', () => {
  /** As printed, with the wall clock in ms. */
  const decisionsOf = (stdout: string) =>
    stdout
      .split('\n')
      .map((line) => /^(?<seconds>\d+\.\d{3})s {2}(?<wall>\S+Z) {2}#(?<seq>\d+) {2}/.exec(line)?.groups)
      .filter((groups) => groups !== undefined)
      .map(({ seconds, wall, seq }) => ({ at: Number(seconds), wallMs: Date.parse(wall!), seq: Number(seq) }));

  const replayed = async (dir: string, ...flags: readonly string[]) => {
    const { status, stdout } = await runCommand(['replay', dir, ...flags]);
    expect(status).toBe(0);
    // Folded and counted as a whole, whatever is shown.
    expect(stdout).toMatch(new RegExp(`${lines.length} events, \\d+ decisions, 0 divergences\\n$`));
    return decisionsOf(stdout);
  };

  it('stands on every line beside the seconds', async () => {
    const dir = await logOf(lines);
    const [opened] = await readAll(dir);
    if (opened?.event.type !== 'log.opened') throw new Error('a log begins with its head');
    const beganMs = Date.parse(opened.event.wallClock) - opened.at;
    const shown = await replayed(dir);
    expect(shown.length).toBeGreaterThanOrEqual(2);
    for (const { at, wallMs } of shown) expect(Math.abs(wallMs - beganMs - at * 1000)).toBeLessThanOrEqual(1);
  });

  it('and the seconds choose what is shown by --since and --until', async () => {
    const dir = await logOf(lines);
    const all = await replayed(dir);
    const [first, last] = [all[0]!, all.at(-1)!];
    const iso = (ms: number): string => new Date(ms).toISOString();
    expect(await replayed(dir, '--since', iso(first.wallMs + 2))).toEqual(all.slice(1));
    expect(await replayed(dir, '--until', iso(first.wallMs + 2))).toEqual([first]);
    expect(await replayed(dir, '--since', iso(last.wallMs - 2).slice(11, 23))).toEqual([last]);
    expect(await replayed(dir, '--since', String(last.at), '--until', `${last.at}s`)).toEqual([last]);
    expect(await replayed(dir, '--since', '2999-01-01')).toEqual([]);
  });

  it('--since and --until that name no moment are refused', async () => {
    const { status, stderr } = await runCommand(['replay', '--since', 'yesterday', tempDir()]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/--since.*expected a time \(HH:MM/);
  });
});

it('--follow shows decisions as they are logged, and the summary at SIGINT', async () => {
  const at = lastOf(lines, 'size.decided');
  const dir = await logOf(lines.slice(0, at));
  const following = startCommand(['replay', dir, '--follow', '--json']);
  // What is there already comes first; only when it has all been read is more written.
  for (const line of lines.slice(0, at).filter((text) => text.includes('"event":{"type":"size.decided"')))
    expect(await following.nextLine()).toContain(`{${/"seq":\d+,/.exec(line)?.[0] ?? ''}`);
  await appendFile(join(dir, NAME), `${lines.slice(at).join('\n')}\n`);
  expect(await following.nextLine()).toContain(`{"seq":${at + 1},`);
  following.signal('SIGINT');
  const { status, stdout } = await following.ended;
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`\\{"events":${lines.length},"decisions":\\d+,"divergences":0\\}\\n$`));
});
