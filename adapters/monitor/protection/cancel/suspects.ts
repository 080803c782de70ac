/** Whose statement is to be cancelled: of those who are to blame (blame.ts) the worst that may be. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { formatBytes } from '../../../../machines/shared/format';
import { type Blame, groupsToBlame, type Part } from '../processes/blame';
import { isPostgresTitle, leaderOf, whyNotCancelled } from '../processes/postgres-titles';
import { type ProcessIdentity, readIdentity } from '../processes/process-identity';
import { MAX_EXAMINED, type Survey } from '../processes/survey';

/** One that has a part in it, and who it is. */
export interface Suspect extends Part {
  readonly identity: ProcessIdentity;
  /** Why it must not be cancelled, or null. */
  readonly spared: string | null;
}

/** What a process calls itself is believed only of a server's: by what it runs and who has started it. */
const isServers = (child: ProcessIdentity, parent: ProcessIdentity | undefined): boolean =>
  child.executable === parent?.executable && !isPostgresTitle(parent.title);

const NO_SERVERS = 'it is no process of a Postgres in this cgroup';

/** undefined: it has ended. */
const identify = async (
  part: Part,
  { members }: Survey,
  procRoot: string,
): Promise<Either<string, Suspect | undefined>> => {
  const { pid, parentPid } = part.process;
  const child = await readIdentity(procRoot, pid);
  if (E.isLeft(child)) return child;
  if (child.right === undefined) return E.right(undefined);
  const identity = child.right;
  if (!members.has(parentPid) || identity.parentPid !== parentPid)
    return E.right({ ...part, identity, spared: NO_SERVERS });
  const parent = await readIdentity(procRoot, parentPid);
  if (E.isLeft(parent)) return parent;
  const spared = isServers(identity, parent.right) ? whyNotCancelled(identity.title) : NO_SERVERS;
  return E.right({ ...part, identity, spared });
};

const bytesText = ({ bytes }: Suspect, { byGrowth }: Blame): string =>
  byGrowth ? `grows by ${formatBytes(bytes)}/s` : `holds ${formatBytes(bytes)}`;

const nobody = (worst: Suspect | undefined, blame: Blame): string => {
  if (worst === undefined) return 'no statement is to blame: no process has a quarter of the growth';
  return `nobody who is to blame may be cancelled: pid ${worst.identity.pid} ${bytesText(worst, blame)}, but ${worst.spared ?? ''}`;
};

/** Left: nobody is to be cancelled, or a process that we may not look at. */
export const chooseSuspect = async (
  blame: Blame,
  surveyed: Survey,
  procRoot: string,
): Promise<Either<string, Suspect>> => {
  const suspects: Suspect[] = [];
  const examined = blame.parts.slice(0, MAX_EXAMINED).map((part) => identify(part, surveyed, procRoot));
  for (const suspect of await Promise.all(examined)) {
    if (E.isLeft(suspect)) return suspect;
    if (suspect.right !== undefined) suspects.push(suspect.right);
  }
  const toBlame = groupsToBlame(suspects, ({ identity }) => leaderOf(identity), blame.leastBytes).flat();
  const target = toBlame.find(({ spared }) => spared === null);
  return target === undefined ? E.left(nobody(toBlame[0], blame)) : E.right(target);
};
