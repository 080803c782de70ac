/** The OOM score of real processes. (memory.min needs a cgroup of one's own: see protect-memory.spec.ts.) */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { removeTempDirs, tempDir } from '../../../support/event-log';

const FIELD = /^CapEff:\s*([0-9a-f]+)$/m;
/** linux/capability.h */
const CAP_SYS_RESOURCE = 24n;
const capabilities = BigInt(`0x${FIELD.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
const mayLower = ((capabilities >> CAP_SYS_RESOURCE) & 1n) === 1n;

const ownScore = (): number => Number(readFileSync('/proc/self/oom_score_adj', 'utf8'));

let program: string;
beforeAll(() => {
  program = join(tempDir(), 'protected.js');
  const entry = join(__dirname, 'protected-process.ts');
  buildSync({ entryPoints: [entry], bundle: true, platform: 'node', outfile: program });
});
afterAll(removeTempDirs);

/** Begins at 500, which nobody is denied: only lowering is a privilege. */
const runProtected = (...prefix: readonly string[]): { line: string; inherited: number } => {
  const script = 'echo 500 >/proc/self/oom_score_adj; exec "$@"';
  const command = ['-c', script, 'sh', ...prefix, process.execPath, program, tempDir()];
  // The program's own words.
  return JSON.parse(execFileSync('sh', command, { encoding: 'utf8' })) as { line: string; inherited: number };
};

const REFUSED = {
  line:
    'not spared by the OOM killer: /proc/self/oom_score_adj: EACCES: permission denied; ' +
    'set OOMScoreAdjust=-900 in its service (it needs CAP_SYS_RESOURCE)',
  inherited: 500,
};
const SPARED = { line: 'among the last for the OOM killer (oom_score_adj -900)', inherited: -900 };

it('a process that may lower its score does so, its children inherit it, and it ends with them', () => {
  const before = ownScore();
  expect(runProtected()).toEqual(mayLower ? SPARED : REFUSED);
  expect(ownScore()).toBe(before);
});

it('a process that may not says so', () => {
  const drop = mayLower ? ['setpriv', '--bounding-set=-sys_resource', '--inh-caps=-sys_resource'] : [];
  expect(runProtected(...drop)).toEqual(REFUSED);
});
