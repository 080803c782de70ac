import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { NOTHING, parseIntent, type Intent } from '../../../../adapters/monitor/protection/intent';
import { IntentLedger } from '../../../../adapters/monitor/protection/intent-records';
import { MAX_INTENT_BYTES, MAX_NOTED_PROCESSES } from '../../../../adapters/monitor/protection/limits';
import { leftOf, rightOf } from '../../../support/either';
import type { ProtectionTree } from '../../../support/protection-tree';
import { disposeTrees, newTree, ScriptedGuard } from './support';

let tree: ProtectionTree;
let guard: ScriptedGuard;
let ledger: IntentLedger;

beforeEach(() => {
  tree = newTree();
  guard = new ScriptedGuard();
  ledger = new IntentLedger({ intentFile: tree.paths.intentFile, files: tree.files, guard, session: 'run-1' });
});

afterEach(disposeTrees);

const onDisk = (): Intent => rightOf(parseIntent('note', readFileSync(tree.paths.intentFile, 'utf8')));

describe('the ledger', () => {
  it('has the note on disk, and the guard in force, when a note resolves', async () => {
    rightOf(await ledger.note({ highBytes: [4096] }));
    expect(onDisk()).toEqual({ ...NOTHING, highBytes: [4096] });
    expect(guard.watches).toBe(1);
  });

  it('keeps the entries that a note does not name', async () => {
    await Promise.all([ledger.note({ highBytes: [4096] }), ledger.note({ brake: new Map([[7, '/a']]) })]);
    await ledger.note({ highBytes: [] });
    expect(onDisk()).toEqual({ ...NOTHING, brake: new Map([[7, '/a']]) });
    expect(ledger.intent).toEqual(onDisk());
  });

  it('watches once for all entries, and rests when the last one is struck out', async () => {
    await ledger.note({ highBytes: [4096] });
    await ledger.note({ maxBytes: [8192] });
    expect(guard.watches).toBe(1);
    await ledger.note({ highBytes: [] });
    expect(guard.watches).toBe(1);
    await ledger.note({ maxBytes: [] });
    expect(guard.watches).toBe(0);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('strikes out all entries at once, also when there are none', async () => {
    rightOf(await ledger.note(NOTHING));
    await ledger.note({ highBytes: [4096], brake: new Map() });
    rightOf(await ledger.note(NOTHING));
    expect(ledger.intent).toEqual(NOTHING);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
    expect(guard.watches).toBe(0);
  });

  it('notes nothing without a guard', async () => {
    guard.isLost();
    expect(leftOf(await ledger.note({ highBytes: [4096] }))).toBe('no guard: it was ended by SIGKILL');
    expect(ledger.intent).toEqual(NOTHING);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('strikes out without a guard', async () => {
    await ledger.note({ highBytes: [4096] });
    guard.isLost();
    rightOf(await ledger.note({ highBytes: [] }));
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('changes nothing when the note cannot be written', async () => {
    await ledger.note({ highBytes: [4096] });
    rmSync(tree.runtimeDirectory, { recursive: true });
    expect(leftOf(await ledger.note({ highBytes: [8192] }))).toContain(`${tree.paths.intentFile}: ENOENT`);
    expect(ledger.intent).toEqual({ ...NOTHING, highBytes: [4096] });
  });

  it('keeps an entry whose note cannot be removed', async () => {
    await ledger.note({ highBytes: [4096] });
    rmSync(tree.paths.intentFile);
    mkdirSync(tree.paths.intentFile);
    expect(leftOf(await ledger.note({ highBytes: [] }))).toContain(tree.paths.intentFile);
    expect(ledger.intent).toEqual({ ...NOTHING, highBytes: [4096] });
  });

  it('refuses a note that would be too long to be read', async () => {
    const far = `/${'x'.repeat(MAX_INTENT_BYTES / MAX_NOTED_PROCESSES)}`;
    const brake = new Map(Array.from({ length: MAX_NOTED_PROCESSES }, (_, pid) => [pid, far]));
    expect(leftOf(await ledger.note({ brake }))).toContain(`longer than ${MAX_INTENT_BYTES} bytes`);
    expect(ledger.intent).toEqual(NOTHING);
  });
});
