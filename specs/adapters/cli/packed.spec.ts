import { TOOL_COMMAND_NAMES } from '../../../adapters/cli/command-names';
import { buildOnce, runCommand, stopCommands } from '../../support/command';
import { packedPrograms } from '../../support/packed-programs';

describe('dist/cli.js', () => {
  beforeAll(buildOnce);
  afterEach(stopCommands);

  it('is a head and the programs, each packed in a comment', () => {
    expect([...packedPrograms().keys()]).toEqual(['monitor', 'tools', 'simulate-worker']);
  });

  it('holds programs in ASCII, as its head reads them byte by byte', () => {
    for (const text of packedPrograms().values()) expect(Buffer.from(text).every((byte) => byte < 0x80)).toBe(true);
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
