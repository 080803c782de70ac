/**
 * Rule R3 at every step: a scenario is run in a process of its own, first to its end to learn its steps, and then
 * again and again, killed (or stopped) before and after each of them; after each the test looks at what is left.
 *
 * The script calls runScenario (fatal-step.ts); its steps are the calls of the interfaces to files.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { errorText } from '../../machines/shared/error-text';
import { eventually } from './eventually';
import { COMPLETED, type FatalStep, STRUCK } from './fatal-step';
import { createProtectionTree, type ProtectionTree } from './protection-tree';

/** How the scenario ends: by which signal, and whether with its watchdog process. */
export type Fate = Pick<FatalStep, 'signal' | 'watchdog'>;

export interface Struck {
  readonly tree: ProtectionTree;
  readonly pid: number;
  /** 0 once the scenario has completed. */
  readonly guardPid: number;
  /** What the step does, "write memory.high"; null: the scenario has completed. */
  readonly step: string | null;
  /** Nothing was to happen to it: the run that tells the steps. */
  readonly isUndisturbed: boolean;
  /** "SIGKILL after write memory.high (3)", for messages. */
  readonly moment: string;
  /** Resolves with the status, or the signal, with which the scenario ends. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

export interface EveryStep {
  /** Path of the script. */
  readonly script: string;
  readonly fate: Fate;
  /** Prepares the tree before the scenario starts. */
  readonly prepare?: (tree: ProtectionTree) => void;
  /** Looks at what is left; also once after the scenario has completed. Rejects when it is not right. */
  readonly check: (struck: Struck) => Promise<void>;
}

/** More steps than any scenario has. */
const MOST_STEPS = 500;
/** Most of the time is spent waiting for guards. */
const AT_ONCE = 6;

/** The script with all that it imports, in one file in this directory. */
export const bundled = (script: string, directory: string): string => {
  const outfile = join(directory, 'scenario.js');
  buildSync({ entryPoints: [script], bundle: true, platform: 'node', outfile, logLevel: 'warning' });
  return outfile;
};

const start = (bundle: string, tree: ProtectionTree, fatal: FatalStep): ChildProcess =>
  spawn(process.execPath, [bundle, tree.base, JSON.stringify(fatal)], {
    env: { PATH: `${tree.commands}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Resolves with the first line: the process is killed or stopped then, or has completed. */
const firstLine = async (child: ChildProcess): Promise<string> => {
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  return line ?? 'nothing';
};

/** The state of a process (proc(5), /proc/PID/stat): T is stopped, Z is dead and not yet buried; null: there is none. */
const stateOf = (pid: number): string | null => {
  try {
    return /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
};

/** Nobody may be there to bury it: its parent may be dead. */
const hasEnded = (pid: number): boolean => [null, 'Z'].includes(stateOf(pid));

const momentOf = ({ signal, when, name, occurrence }: FatalStep): string =>
  occurrence === 0 ? 'undisturbed' : `${signal} ${when} ${name} (${occurrence})`;

/** @returns the names of the steps of a scenario that has completed; null: it was struck. */
const runOnce = async (
  bundle: string,
  fatal: FatalStep,
  { prepare, check }: EveryStep,
): Promise<readonly string[] | null> => {
  const tree = createProtectionTree();
  prepare?.(tree);
  const child = start(bundle, tree, fatal);
  // A process ends with either of them.
  const ended = (once(child, 'exit') as Promise<[number, null] | [null, NodeJS.Signals]>).then(
    ([status, signal]) => status ?? signal,
  );
  const moment = momentOf(fatal);
  let guardPid = 0;
  try {
    const line = await firstLine(child);
    const [word, pidOfGuard, ...step] = line.split(' ');
    guardPid = Number(pidOfGuard ?? 0);
    if (word !== STRUCK && word !== COMPLETED) throw new Error(`the scenario said ${line}`);
    const isCompleted = word === COMPLETED;
    const pid = child.pid ?? 0;
    if (isCompleted || fatal.signal === 'SIGKILL') await ended;
    else await eventually(() => stateOf(pid), 'T'); // A moment after it has said so.
    const struck = { guardPid, step: isCompleted ? null : step.join(' ') };
    await check({ tree, pid, ...struck, isUndisturbed: fatal.occurrence === 0, moment, ended });
    // What fatal-step.ts writes.
    return isCompleted ? (JSON.parse(step.join(' ')) as string[]) : null;
  } catch (error) {
    throw new Error(`${moment}: ${errorText(error)}`, { cause: error });
  } finally {
    child.kill('SIGKILL');
    await ended;
    // The watchdog process goes on for a moment after all is lifted: its own notes, what it has mounted.
    if (guardPid > 0) await eventually(() => hasEnded(guardPid), true);
    tree.dispose();
  }
};

type Moment = Pick<FatalStep, 'name' | 'occurrence' | 'when'>;

const NEVER: Moment = { name: '', occurrence: 0, when: 'before' };

/** Before and after each step; one that does not come again in another run strikes nobody there. */
function* moments(names: readonly string[]): Generator<Moment, undefined> {
  const counts = new Map<string, number>();
  for (const name of names) {
    const occurrence = (counts.get(name) ?? 0) + 1;
    counts.set(name, occurrence);
    yield { name, occurrence, when: 'before' };
    yield { name, occurrence, when: 'after' };
  }
}

const stepsOf = async (bundle: string, run: EveryStep): Promise<readonly string[]> => {
  const names = await runOnce(bundle, { ...run.fate, ...NEVER }, run);
  if (names === null || names.length === 0 || names.length > MOST_STEPS)
    throw new Error(`${run.script} has taken ${names?.length ?? 'no'} steps, expected 1 to ${MOST_STEPS}`);
  return names;
};

/** @returns how many steps the scenario has. Rejects with the first moment at which `check` failed. */
export const everyStep = async (run: EveryStep): Promise<number> => {
  const directory = mkdtempSync(join(tmpdir(), 'vm-monitor-steps-'));
  try {
    const bundle = bundled(run.script, directory);
    const names = await stepsOf(bundle, run);
    const ahead = moments(names);
    const failures: unknown[] = [];
    const takeTurns = async (): Promise<void> => {
      for (let next = ahead.next(); next.done !== true && failures.length === 0; next = ahead.next()) {
        await runOnce(bundle, { ...run.fate, ...next.value }, run).catch((error: unknown) => failures.push(error));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
    if (failures.length > 0) throw failures[0];
    return names.length;
  } finally {
    rmSync(directory, { recursive: true });
  }
};
