import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOOL_COMMAND_NAMES } from '../../../adapters/cli/command-names';
import { buildOnce, runCommand, stopCommands } from '../../support/command';
import { ROOT } from '../../support/repository-root';

/** The programs of dist/cli.js by their names, and the head that chooses between them. */
const parts = (): ReadonlyMap<string, string> => {
  const [head = '', ...programs] = readFileSync(join(ROOT, 'dist/cli.js'), 'latin1').split('\n/*');
  const named = programs.map((text) => {
    const endOfName = text.indexOf('\n');
    return [text.slice(0, endOfName), text.slice(endOfName + 1)] as const;
  });
  return new Map([['head', head], ...named]);
};

describe('dist/cli.js', () => {
  beforeAll(buildOnce);
  afterEach(stopCommands);

  it('is a head and the programs, each whole within one comment', () => {
    expect([...parts().keys()]).toEqual(['head', 'monitor', 'tools', 'simulate-worker']);
    for (const [name, text] of parts()) {
      if (name !== 'head') expect(text.indexOf('*/')).toBe(text.trimEnd().length - '*/'.length);
    }
  });

  it('is ASCII, as its head reads it byte by byte', () => {
    expect(readFileSync(join(ROOT, 'dist/cli.js')).every((byte) => byte < 0x80)).toBe(true);
  });

  it('has no tool in the program that runs inside the VM', () => {
    const usage = (name: string): string => `vm-monitor ${name}:`;
    expect(TOOL_COMMAND_NAMES.filter((name) => parts().get('monitor')?.includes(usage(name)))).toEqual([]);
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
