import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import {
  NOTHING,
  parseIntent,
  type Intent,
  MAX_INTENT_BYTES,
  MAX_NOTED_PROCESSES,
} from '../../../../adapters/monitor/protection/intent';
import { IntentRecords } from '../../../../adapters/monitor/protection/intent-records';
import { leftOf, rightOf } from '../../../support/either';
import type { ProtectionTree } from '../../../support/protection-tree';
import { disposeTrees, newTree, ScriptedGuard } from './support';

let tree: ProtectionTree;
let watchdog: ScriptedGuard;
let records: IntentRecords;

beforeEach(() => {
  tree = newTree();
  watchdog = new ScriptedGuard();
  records = new IntentRecords({
    intentFile: tree.paths.intentFile,
    files: tree.files,
    watchdog,
    session: 'run-1',
  });
});

afterEach(disposeTrees);

const onDisk = (): Intent => rightOf(parseIntent('note', readFileSync(tree.paths.intentFile, 'utf8')));

describe('the ledger', () => {
  it('has the note on disk, and the watchdog process in force, when a note resolves', async () => {
    rightOf(await records.record({ highBytes: [4096] }));
    expect(onDisk()).toEqual({ ...NOTHING, highBytes: [4096] });
    expect(watchdog.watches).toBe(1);
  });

  it('keeps the entries that a note does not name', async () => {
    await Promise.all([
      records.record({ highBytes: [4096] }),
      records.record({ throttleCgroup: new Map([[7, '/a']]) }),
    ]);
    await records.record({ highBytes: [] });
    expect(onDisk()).toEqual({ ...NOTHING, throttleCgroup: new Map([[7, '/a']]) });
    expect(records.intent).toEqual(onDisk());
  });

  it('watches once for all entries, and rests when the last one is struck out', async () => {
    await records.record({ highBytes: [4096] });
    await records.record({ maxBytes: [8192] });
    expect(watchdog.watches).toBe(1);
    await records.record({ highBytes: [] });
    expect(watchdog.watches).toBe(1);
    await records.record({ maxBytes: [] });
    expect(watchdog.watches).toBe(0);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('strikes out all entries at once, also when there are none', async () => {
    rightOf(await records.record(NOTHING));
    await records.record({ highBytes: [4096], throttleCgroup: new Map() });
    rightOf(await records.record(NOTHING));
    expect(records.intent).toEqual(NOTHING);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
    expect(watchdog.watches).toBe(0);
  });

  it('notes nothing without a watchdog process', async () => {
    watchdog.isLost();
    expect(leftOf(await records.record({ highBytes: [4096] }))).toBe('no watchdog process: it was ended by SIGKILL');
    expect(records.intent).toEqual(NOTHING);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('strikes out without a watchdog process', async () => {
    await records.record({ highBytes: [4096] });
    watchdog.isLost();
    rightOf(await records.record({ highBytes: [] }));
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('changes nothing when the note cannot be written', async () => {
    await records.record({ highBytes: [4096] });
    rmSync(tree.runtimeDirectory, { recursive: true });
    expect(leftOf(await records.record({ highBytes: [8192] }))).toContain(`${tree.paths.intentFile}: ENOENT`);
    expect(records.intent).toEqual({ ...NOTHING, highBytes: [4096] });
  });

  it('keeps an entry whose note cannot be removed', async () => {
    await records.record({ highBytes: [4096] });
    rmSync(tree.paths.intentFile);
    mkdirSync(tree.paths.intentFile);
    expect(leftOf(await records.record({ highBytes: [] }))).toContain(tree.paths.intentFile);
    expect(records.intent).toEqual({ ...NOTHING, highBytes: [4096] });
  });

  it('refuses a note that would be too long to be read', async () => {
    const far = `/${'x'.repeat(MAX_INTENT_BYTES / MAX_NOTED_PROCESSES)}`;
    const throttleCgroup = new Map(Array.from({ length: MAX_NOTED_PROCESSES }, (_, pid) => [pid, far]));
    expect(leftOf(await records.record({ throttleCgroup }))).toContain(`longer than ${MAX_INTENT_BYTES} bytes`);
    expect(records.intent).toEqual(NOTHING);
  });
});
