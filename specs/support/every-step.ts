/**
 * Rule R3 at every step: a scenario is run in a process of its own again and again, each time killed (or
 * stopped) one step later, until it completes; after each the test looks at what is left in its tree.
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
import { eventually } from './eventually';
import { COMPLETED, type FatalStep, STRUCK } from './fatal-step';
import { createProtectionTree, type ProtectionTree } from './protection-tree';

/** How the scenario ends: by which signal, and whether with its guard. */
export type Fate = Pick<FatalStep, 'signal' | 'guard'>;

export interface Struck {
  readonly tree: ProtectionTree;
  readonly pid: number;
  /** 0 once the scenario has completed. */
  readonly guardPid: number;
  /** What the step does, "write memory.high"; null: the scenario has completed. */
  readonly step: string | null;
  /** "SIGKILL after step 3 (write memory.high)", for messages. */
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

/** A scenario that has not completed by then never does. */
const MOST_STEPS = 500;
/** Most of the time is spent waiting for guards. */
const AT_ONCE = 6;
/** How many steps there are may differ a little from run to run: when so many have completed there are no more. */
const COMPLETIONS = 2;

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

/** It is, a moment after it has said so (proc(5), /proc/PID/stat). */
const isStopped = (pid: number): boolean => / \(node\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @returns whether it completed before the step was reached. */
const runOnce = async (bundle: string, fatal: FatalStep, { prepare, check }: EveryStep): Promise<boolean> => {
  const tree = createProtectionTree();
  prepare?.(tree);
  const child = start(bundle, tree, fatal);
  // A process ends with either of them.
  const ended = (once(child, 'exit') as Promise<[number, null] | [null, NodeJS.Signals]>).then(
    ([status, signal]) => status ?? signal,
  );
  let moment = `${fatal.signal} ${fatal.when} step ${fatal.step}`;
  try {
    const line = await firstLine(child);
    const [word, guardPid, ...step] = line.split(' ');
    if (word !== STRUCK && word !== COMPLETED) throw new Error(`the scenario said ${line}`);
    const isCompleted = word === COMPLETED;
    const pid = child.pid ?? 0;
    if (isCompleted || fatal.signal === 'SIGKILL') await ended;
    else await eventually(() => isStopped(pid), true);
    if (!isCompleted) moment += ` (${step.join(' ')})`;
    const struck = { guardPid: Number(guardPid ?? 0), step: isCompleted ? null : step.join(' ') };
    await check({ tree, pid, ...struck, moment, ended });
    return isCompleted;
  } catch (error) {
    throw new Error(`${moment}: ${errorText(error)}`, { cause: error });
  } finally {
    child.kill('SIGKILL');
    await ended;
    tree.dispose();
  }
};

type Moment = Pick<FatalStep, 'step' | 'when'>;

function* moments(): Generator<Moment, undefined> {
  for (let step = 1; step < MOST_STEPS; step += 1) {
    yield { step, when: 'before' };
    yield { step, when: 'after' };
  }
}

/** @returns how many steps the scenario has. Rejects with the first moment at which `check` failed. */
export const everyStep = async (run: EveryStep): Promise<number> => {
  const directory = mkdtempSync(join(tmpdir(), 'vm-monitor-steps-'));
  const ahead = moments();
  const failures: unknown[] = [];
  let [steps, completions] = [0, 0];
  const takeTurns = async (bundle: string): Promise<void> => {
    while (completions < COMPLETIONS && failures.length === 0) {
      const { value: moment } = ahead.next();
      if (moment === undefined) throw new Error(`${run.script} has not completed within ${MOST_STEPS} steps`);
      if (await runOnce(bundle, { ...run.fate, ...moment }, run)) completions += 1;
      else steps = Math.max(steps, moment.step);
    }
  };
  try {
    const bundle = bundled(run.script, directory);
    const turns = Array.from({ length: AT_ONCE }, () =>
      takeTurns(bundle).catch((error: unknown) => failures.push(error)),
    );
    await Promise.all(turns);
  } finally {
    rmSync(directory, { recursive: true });
  }
  if (failures.length > 0) throw failures[0];
  return steps;
};
