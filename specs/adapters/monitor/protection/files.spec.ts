import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actuatorFiles } from '../../../../adapters/monitor/protection/files';
import { undoFiles, MAX_READ_BYTES } from '../../../../adapters/monitor/protection/undo-files';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vm-monitor-files-'));
  path = join(directory, 'memory.high');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe.each([
  ['writeKernel', (file: string, text: string) => actuatorFiles.writeKernel(file, text)],
  [
    'writeSync of a held file',
    async (file: string, text: string) => {
      const held = await actuatorFiles.holdLimit(file);
      held.writeSync(text);
      await held.close();
    },
  ],
  [
    'writeKernel, synchronous',
    async (file: string, text: string) => {
      await Promise.resolve();
      undoFiles.writeKernel(file, text);
    },
  ],
] as const)('%s', (_name, write) => {
  it('leaves nothing of a longer text before it', async () => {
    writeFileSync(path, '1073741824\n');
    await write(path, 'max\n');
    expect(readFileSync(path, 'utf8')).toBe('max\n');
  });

  it('makes no file', async () => {
    await expect(write(path, 'max\n')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('reading for undoing', () => {
  it('takes texts up to the bound', () => {
    writeFileSync(path, 'x'.repeat(MAX_READ_BYTES));
    expect(undoFiles.readText(path)).toHaveLength(MAX_READ_BYTES);
    writeFileSync(path, 'x'.repeat(MAX_READ_BYTES + 1));
    expect(() => undoFiles.readText(path)).toThrow(`longer than ${MAX_READ_BYTES} bytes`);
  });

  it('reads a file of the kernel that comes in pieces', async () => {
    // Of a Node that has done nothing yet: our own may have grown beyond the bound.
    const fresh = spawn(process.execPath, ['-e', 'console.log(); setInterval(() => {}, 1000)']);
    try {
      await once(fresh.stdout, 'data');
      expect(undoFiles.readText(`/proc/${fresh.pid}/maps`)).toMatch(/^[^]{4097,}\n$/);
    } finally {
      fresh.kill('SIGKILL');
      await once(fresh, 'exit');
    }
  });
});

it('a file of ours is replaced whole, and removed whether it is there or not', async () => {
  await actuatorFiles.replaceFile(path, 'one\n');
  await actuatorFiles.replaceFile(path, 'two\n');
  expect(readdirSync(directory)).toEqual(['memory.high']);
  expect(readFileSync(path, 'utf8')).toBe('two\n');
  await actuatorFiles.removeFile(path);
  undoFiles.removeFile(path);
  await actuatorFiles.removeFile(path);
  expect(readdirSync(directory)).toEqual([]);
});
