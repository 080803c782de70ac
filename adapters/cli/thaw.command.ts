/** `vm-monitor thaw --cgroup NAME [--cgroup-root DIR]`: undoes whatever a monitor has left (rule R3). For ExecStopPost. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { flagsFromArguments } from '../shared/config/from-arguments';
import { runtimeDirectories } from '../shared/config/directories';
import { cgroupPath } from '../monitor/kernel/cgroup-root';
import { protectionPaths } from '../monitor/protection/paths';
import { restore } from '../monitor/protection/restore';
import { undoFiles } from '../monitor/protection/undo-files';
import type { Restored } from '../monitor/protection/undoing';
import { EXIT, refuse, type CliCommand } from './command';
import { THAW_FLAGS } from './monitor-tool-flags';

/** Right: the path of the cgroup. */
const readCgroup = (args: readonly string[]): E.Either<string, string> =>
  pipe(
    flagsFromArguments(THAW_FLAGS, args),
    E.chain(({ cgroup, cgroupRoot }) =>
      cgroup === null ? E.left('--cgroup NAME is missing') : cgroupPath(cgroupRoot, cgroup),
    ),
  );

/** The intent record may lie in any of several places, and there may be none. */
const restoreAll = async (cgroup: string, directories: readonly string[]): Promise<readonly Restored[]> => {
  const all: Restored[] = [];
  for (const directory of directories) {
    all.push(await restore({ paths: protectionPaths(cgroup, directory), files: undoFiles, mode: 'everything' }));
  }
  return all;
};

/** @returns 0: nothing of a monitor is in place any more, also when the cgroup is gone. 1: something is. 2: bad usage. */
export const thawCommand: CliCommand = async (args, environment, terminal) => {
  const cgroup = readCgroup(args);
  if (E.isLeft(cgroup)) return refuse(terminal, 'vm-monitor thaw', cgroup.left);
  const restored = await restoreAll(cgroup.right, runtimeDirectories(environment));
  const failed = new Set(restored.flatMap(({ failed: lines }) => lines));
  for (const line of restored.flatMap(({ lifted, notes }) => [...notes, ...lifted])) terminal.out(`${line}\n`);
  for (const line of failed) terminal.err(`vm-monitor thaw: ${line}\n`);
  return failed.size === 0 ? EXIT.ok : EXIT.failed;
};
