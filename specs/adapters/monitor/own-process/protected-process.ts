/**
 * A process that protects itself by the real /proc, says what came of it, and starts a child that
 * shows what it inherits; run by real-process.spec.ts.
 */
import { execFileSync } from 'node:child_process';
import { protectOwnMemory } from '../../../../adapters/monitor/own-process';
import { actuatorFiles } from '../../../../adapters/monitor/protection/files';

const run = async (): Promise<void> => {
  const cgroupRoot = process.argv[2] ?? '';
  const own = { files: actuatorFiles, procRoot: '/proc', cgroupRoot, managed: null, pid: process.pid };
  const [, line] = await protectOwnMemory(own);
  const inherited = execFileSync('cat', ['/proc/self/oom_score_adj'], { encoding: 'utf8' });
  process.stdout.write(JSON.stringify({ line, inherited: Number(inherited) }));
};

void run();
