/** Whether our cgroup is ours alone: what is protected for us would be protected for all who live in it. */
import { join } from 'node:path';
import type { OwnFiles } from './own-files';

/** We start one helper; it starts a program now and then. More is a cgroup that we share. */
const MEMBERS_MAX = 16;
/** From the helper's programs up to us there are two steps. */
const ANCESTORS_MAX = 4;

const parentOf = async (files: OwnFiles, procRoot: string, pid: number): Promise<number | null> => {
  // Hidden from us (hidepid), or ended meanwhile: not known to be a child.
  const status = await files.readText(join(procRoot, String(pid), 'status')).catch(() => '');
  const parent = /^PPid:\s*(\d+)$/m.exec(status)?.[1];
  return parent === undefined ? null : Number(parent);
};

const isOurs = async (files: OwnFiles, procRoot: string, own: number, member: number): Promise<boolean> => {
  let pid: number | null = member;
  for (let step = 0; step <= ANCESTORS_MAX && pid !== null && pid !== own; step += 1)
    pid = await parentOf(files, procRoot, pid);
  return pid === own;
};

/**
 * Why the cgroup is not ours alone, or null. Rejects when its files cannot be read.
 *
 * @param directory of the cgroup
 * @param own our pid
 */
export const sharedWith = async (
  files: OwnFiles,
  directory: string,
  procRoot: string,
  own: number,
): Promise<string | null> => {
  const descendants = /^nr_descendants (\d+)$/m.exec(await files.readText(join(directory, 'cgroup.stat')))?.[1];
  if (descendants !== '0') return 'it has cgroups below it';
  const members = (await files.readText(join(directory, 'cgroup.procs'))).split('\n').filter((line) => line !== '');
  if (members.length > MEMBERS_MAX) return `${members.length} processes live in it`;
  for (const member of members.map(Number))
    if (!(await isOurs(files, procRoot, own, member))) return `process ${member} lives in it, too`;
  return null;
};
