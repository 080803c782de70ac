import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { right } from 'fp-ts/Either';
import { HeldFile, MAX_FILE_BYTES, createReadBuffer, forSysctl } from '../../../../adapters/monitor/kernel/held-file';

describe('a held file', () => {
  let directory: string;
  let path: string;
  let file: HeldFile;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'vm-monitor-held-'));
    path = join(directory, 'memory.current');
    file = new HeldFile(path, createReadBuffer());
  });

  afterEach(async () => {
    await file.close({ code: '', message: 'closed' });
    rmSync(directory, { recursive: true });
  });

  it('reads the whole text anew each time', async () => {
    writeFileSync(path, '4096\n');
    await file.open();
    expect(file.read()).toEqual(right('4096\n'));
    writeFileSync(path, '8\n');
    expect(file.read()).toEqual(right('8\n'));
  });

  it('reads a /proc file that the kernel hands out in pieces', async () => {
    const maps = new HeldFile('/proc/self/maps', createReadBuffer());
    await maps.open();
    const text = maps.read();
    await maps.close({ code: '', message: 'closed' });
    expect(text).toMatchObject({ _tag: 'Right', right: expect.stringMatching(/^[^]{4097,}\n$/) as string });
  });

  it('says why it cannot be opened, and opens when it can', async () => {
    expect(file.read()).toMatchObject({ left: { message: `${path}: not opened yet` } });
    await file.open();
    const failure = { code: 'ENOENT', message: `${path}: ENOENT: no such file or directory` };
    expect(file.read()).toMatchObject({ left: failure });
    writeFileSync(path, '1\n');
    await file.open();
    expect(file.read()).toEqual(right('1\n'));
  });

  it('lets a file go whose read fails, and opens it anew', async () => {
    mkdirSync(path);
    await file.open();
    const failure = { code: 'EISDIR', message: `${path}: EISDIR: illegal operation on a directory` };
    expect(file.read()).toMatchObject({ left: failure });
    rmSync(path, { recursive: true });
    writeFileSync(path, '1\n');
    await file.open();
    expect(file.read()).toEqual(right('1\n'));
  });

  it('refuses a text that reaches the bound', async () => {
    writeFileSync(path, '');
    truncateSync(path, MAX_FILE_BYTES);
    await file.open();
    expect(file.read()).toMatchObject({ left: { message: `${path}: longer than ${MAX_FILE_BYTES - 1} bytes` } });
    truncateSync(path, MAX_FILE_BYTES - 1);
    expect(file.read()).toEqual(right('\0'.repeat(MAX_FILE_BYTES - 1)));
  });

  it('asks for no more than a few bytes of a file in /proc/sys, as the kernel allocates what is asked for', async () => {
    const sysctl = new HeldFile(path, forSysctl(createReadBuffer()));
    writeFileSync(path, '1'.repeat(63));
    await sysctl.open();
    expect(sysctl.read()).toEqual(right('1'.repeat(63)));
    writeFileSync(path, '1'.repeat(4096));
    expect(sysctl.read()).toMatchObject({ left: { message: `${path}: longer than 63 bytes` } });
    await sysctl.close({ code: '', message: 'over' });
  });

  it('fails with the reason for which it was closed', async () => {
    writeFileSync(path, '1\n');
    await file.open();
    await file.close({ code: 'ESTALE', message: 'removed and created again' });
    expect(file.read()).toMatchObject({ left: { message: 'removed and created again' } });
  });
});
