/** A monitor that ends without being asked to, with all in place that can be, leaves nothing of it (rule R3). */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../support/eventually';
import { bundled } from '../../support/every-step';
import type { FatalStep } from '../../support/fatal-step';
import { makeVm, NOTHING_STANDS, SHARED_MEMORY_SIZE, standingIn } from '../../support/protected-vm';
import { createProtectionTree, limitsOf, type ProtectionTree } from '../../support/protection-tree';

const NEVER: FatalStep = { name: '', occurrence: 0, when: 'before', signal: 'SIGKILL', watchdog: 'lives' };

let directory: string;
let tree: ProtectionTree;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vm-monitor-end-'));
  tree = createProtectionTree();
});
afterEach(() => {
  tree.dispose();
  rmSync(directory, { recursive: true });
});

const start = (script: string, ...args: readonly string[]) =>
  spawn(process.execPath, [bundled(join(__dirname, script), directory), tree.base, ...args], {
    env: { PATH: `${tree.commands}:${process.env['PATH'] ?? ''}` },
  });

const textOf = async (stream: NodeJS.ReadableStream): Promise<string> => {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
};

const endOf = async (child: ChildProcess): Promise<unknown> => (await once(child, 'exit'))[0];

describe('with all in place, and a watchdog process that does nothing', () => {
  it.each([
    ['process.exit', 'exit', 3, /^$/],
    ['an uncaught error', 'uncaught', 1, /Error: broken/],
    ['an unhandled rejection', 'rejection', 1, /Error: broken/],
    ['an uncaught error in the command', 'command', 1, /^vm-monitor: unexpected error: Error: broken/],
  ])('%s leaves nothing', async (_name, end, status, says) => {
    makeVm(tree);
    const child = start('unexpected-end.flow.ts', JSON.stringify(NEVER), end);
    const [ended, said] = [endOf(child), textOf(child.stderr)];
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const guardPid = Number(line.toString());
    try {
      expect(standingIn(tree)).toMatchObject({
        max: expect.stringMatching(/^\d+$/) as unknown,
        throttleCgroup: true,
        processes: { sub: [] },
      });
      expect(standingIn(tree)).not.toMatchObject({ sharedMemory: SHARED_MEMORY_SIZE });
      child.stdin.write('end\n');
      expect(await ended).toBe(status);
      expect(standingIn(tree)).toEqual(NOTHING_STANDS);
      expect(await said).toMatch(says);
    } finally {
      child.kill('SIGKILL');
      process.kill(guardPid, 'SIGKILL');
    }
  });
});

it('a write that waits for a thread when the process exits is undone by the watchdog process', async () => {
  const child = start('late-write.ts');
  expect(await endOf(child)).toBe(3);
  await eventually(() => limitsOf(tree), { high: 'max', max: 'max' });
});
