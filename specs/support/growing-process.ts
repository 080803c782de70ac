/** Real processes that take memory, and such that do not. Perl, as it is there at once and on every Debian. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** 50 MiB/s, up to 512 MiB; it says when it has begun. */
const GROW = `
$| = 1; print "growing";
while (1) { push @kept, "x" x 262144 if @kept < 2048; select(undef, undef, undef, 0.005); }`;
/** Takes 20 MiB for each line that it reads, and says so. */
const GROW_ON_DEMAND = `$| = 1; print "ready"; while (<STDIN>) { push @kept, "x" x 20971520; print "grown"; }`;
const IDLE = `$| = 1; print "idle"; sleep 1 while 1;`;
const IMPOSTOR = `$0 = $ARGV[0]; ${IDLE}`;

export type RunningProcess = ChildProcess & { readonly pid: number };

const children = new Set<RunningProcess>();

const start = async (script: string, ...args: readonly string[]): Promise<RunningProcess> => {
  const child = spawn('perl', ['-e', script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const running = Object.assign(child, { pid: child.pid! });
  children.add(running);
  return running;
};

export const startGrowing = (): Promise<RunningProcess> => start(GROW);
/** One that takes 20 MiB when it is told to: `grow` resolves when it has. */
export const startGrowingOnDemand = async (): Promise<{ readonly pid: number; readonly grow: () => Promise<void> }> => {
  const { pid, stdin, stdout } = await start(GROW_ON_DEMAND);
  const grow = async (): Promise<void> => {
    const grown = once(stdout!, 'data');
    stdin!.write('\n');
    await grown;
  };
  return { pid, grow };
};
export const startIdle = (): Promise<RunningProcess> => start(IDLE);
/** One that calls itself what it is not. */
export const startImpostor = (title: string): Promise<RunningProcess> => start(IMPOSTOR, title);

const end = async (child: RunningProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
};

/** Belongs into afterAll or afterEach. */
export const endProcesses = async (): Promise<void> => {
  await Promise.all([...children].map(end));
  children.clear();
};
