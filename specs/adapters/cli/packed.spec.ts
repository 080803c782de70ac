import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOOL_COMMAND_NAMES } from '../../../adapters/shared/command-names';
import { buildOnce, runCommand, stopCommands } from '../../support/command';
import { tempDir } from '../../support/event-log';
import { packedPrograms } from '../../support/packed-programs';
import { ROOT } from '../../support/repository-root';

const CLI = join(ROOT, 'dist/cli.js');

/** Runs the file by its first line, with a Node that only says how it was started. */
const startedAs = (given: Readonly<Record<string, string>>): string => {
  const dir = tempDir();
  const says = '#!/bin/sh\necho "$MALLOC_TRIM_THRESHOLD_ $MALLOC_ARENA_MAX $*"\n';
  writeFileSync(join(dir, 'node'), says, { mode: 0o755 });
  return execFileSync(CLI, ['run', '--addr', 'two words'], { encoding: 'utf8', env: { PATH: dir, ...given } });
};

describe('dist/cli.js', () => {
  beforeAll(buildOnce);
  afterEach(stopCommands);

  it('is a head and the programs, each packed in a comment', () => {
    expect([...packedPrograms().keys()]).toEqual(['monitor', 'tools', 'simulate-worker']);
  });

  it('tells glibc to give memory back, and Node what it was told', () => {
    expect(startedAs({})).toBe(`65536 2 ${CLI} run --addr two words\n`);
  });

  it('leaves what the operator has told glibc', () => {
    const given = { MALLOC_TRIM_THRESHOLD_: '4096', MALLOC_ARENA_MAX: '' };
    expect(startedAs(given)).toBe(`4096  ${CLI} run --addr two words\n`);
  });

  it('is run by Node itself, too', () => {
    const byNode = execFileSync(process.execPath, [CLI, '--version'], { encoding: 'utf8' });
    expect(execFileSync(CLI, ['--version'], { encoding: 'utf8' })).toBe(byNode);
  });

  it('holds programs in ASCII, as its head reads them byte by byte', () => {
    for (const text of packedPrograms().values()) expect(Buffer.from(text).every((byte) => byte < 0x80)).toBe(true);
  });

  it('holds no import(), which fails in a program that is compiled as a function', () => {
    for (const text of packedPrograms().values()) expect(text).not.toMatch(/\bimport\(/);
  });

  it('has no tool in the program that runs inside the VM', () => {
    const monitor = packedPrograms().get('monitor') ?? '';
    expect(monitor).toContain('vm-monitor thaw: ');
    expect(TOOL_COMMAND_NAMES.filter((name) => monitor.includes(`vm-monitor ${name}: `))).toEqual([]);
  });

  it.each(['--help', 'help', 'run --help', 'status -h'])('keeps help, %s, out of that program', async (line) => {
    expect(packedPrograms().get('monitor')).not.toContain('COMMAND --help');
    expect(await runCommand(line.split(' '))).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['replay', /^vm-monitor replay: expected one LOG/],
    ['visualize', /^vm-monitor visualize: /],
    ['nope', /^vm-monitor: unknown command "nope"/],
  ])('finds the program that answers to %s', async (name, answer) => {
    const { status, stderr } = await runCommand([name]);
    expect(status).toBe(2);
    expect(stderr).toMatch(answer);
  });
});
