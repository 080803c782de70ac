/** The memory of many processes, from a /proc of files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMemory } from '../../../../../adapters/monitor/protection/processes/process-memory';
import { KIB } from '../../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../../support/either';

let procRoot: string;
beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'vm-monitor-proc-'));
});
afterEach(() => {
  rmSync(procRoot, { recursive: true });
});

const addProcess = (pid: number, status = `PPid:\t1\nRssAnon:\t${pid} kB\nRssShmem:\t8 kB\n`): void => {
  mkdirSync(join(procRoot, String(pid)));
  writeFileSync(join(procRoot, String(pid), 'status'), status);
};

const PIDS = Array.from({ length: 200 }, (_, index) => index + 2);

it('is read of all that still live, and other work comes in between', async () => {
  PIDS.forEach((pid) => {
    if (pid !== 40) addProcess(pid);
  });
  let turns = 0;
  const count = (): void => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const found = rightOf(await readMemory(procRoot, PIDS));
  clearImmediate(timer);
  expect([...found.keys()]).toEqual(PIDS.filter((pid) => pid !== 40));
  expect(found.get(7)).toMatchObject({ pid: 7, parentPid: 1, anonBytes: 7 * KIB, shmemBytes: 8 * KIB });
  expect(turns).toBeGreaterThanOrEqual(5);
});

it('leaves out a zombie, and names the file that it cannot read', async () => {
  addProcess(2, 'PPid:\t1\n');
  expect(rightOf(await readMemory(procRoot, [2])).size).toBe(0);
  addProcess(3, 'Name:\tx\n');
  expect(leftOf(await readMemory(procRoot, [2, 3]))).toContain(join(procRoot, '3/status'));
});
