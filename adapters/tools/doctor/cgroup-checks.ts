/** The managed cgroup: is it there, may protection work on it and beside it? */
import { dirname } from 'node:path';
import * as E from 'fp-ts/Either';
import { isInside } from '../../monitor/own-process';
import { type CgroupCheck, type Requirement, finding, known, lacks, ok } from './check';
import type { Capability } from './parse';
import { PROTECTION_FILES, type ProtectionFile } from './probe';
import type { Access, Fact } from './read';

const ON_V2 = 'boot with systemd.unified_cgroup_hierarchy=1 or cgroup_no_v1=all';
const WITH_MEMORY =
  'boot without cgroup_disable=memory and with cgroup_no_v1=memory, on a kernel with CONFIG_MEMCG=y (some distributions also want cgroup_enable=memory)';

/** What we do with each file. memory.events.local is only read. */
const WANTED: Readonly<Record<ProtectionFile, Access>> = {
  'memory.high': 'writable',
  'memory.max': 'writable',
  'memory.events.local': 'read-only',
};

const RUN_AS_ROOT = (path: string): string =>
  `run the monitor as root (where another user owns ${path}, with CAP_DAC_OVERRIDE), with ${path} not mounted read-only`;

/** From the root of the mount down to `path`: a controller is handed on level by level. */
const levels = (root: string, path: string): readonly string[] =>
  path.length > root.length ? [...levels(root, dirname(path)), path] : [root];

const handOn = (root: string, path: string): string =>
  `for d in ${levels(root, path).join(' ')}; do echo +memory >$d/cgroup.subtree_control; done (systemd: MemoryAccounting=yes for the unit)`;

const handsOnMemory = (controllers: Fact<readonly string[]>): boolean =>
  E.isRight(controllers) && controllers.right.includes('memory');

const show = (controllers: Fact<readonly string[]>): string =>
  E.isLeft(controllers) ? controllers.left : controllers.right.join(' ') || 'nothing';

/** A right over Postgres' processes; nobody needs one over processes of the same user. */
const overProcesses = (needs: readonly Requirement[], right: Capability): CgroupCheck => ({
  needs,
  judge: ({ userId }, { own }) => {
    const fix = `run as root; in the unit: CapabilityBoundingSet=${right}`;
    return known(own.rights, fix, (rights) => {
      if (rights.capabilities.includes(right)) return ok(right);
      if (E.isLeft(userId)) return finding(`no ${right}, and whose Postgres is, is unknown: ${userId.left}`, fix);
      return userId.right === rights.userId
        ? ok(`Postgres runs as the same user (${userId.right})`)
        : lacks(`no ${right}, and Postgres runs as another user (${userId.right})`, fix);
    });
  },
});

/** Behind one of these that is missing there is nothing to look into. */
export const CGROUP_GATES: Readonly<Record<string, CgroupCheck>> = {
  'cgroup v2': {
    needs: ['sensing', 'tripwire', 'throttle', 'cancel'],
    judge: (_cgroup, { cgroupRoot: { kind, message, path, controllers } }) => {
      const [found = message] = message.split(': not supported');
      if (kind === 'none') return lacks(found, `mount -t cgroup2 cgroup2 ${path}`);
      if (kind !== 'v2') return lacks(found, ON_V2);
      return handsOnMemory(controllers) ? ok(found) : lacks(`${found}: without the memory controller`, WITH_MEMORY);
    },
  },
  'managed cgroup': {
    needs: ['sensing', 'tripwire', 'throttle', 'cancel'],
    judge: ({ path, directory }) => {
      const fix = 'start Postgres in it, or name another by --cgroup; the monitor looks for it every second';
      return directory === 'absent' ? lacks(`no ${path}`, fix) : ok(path);
    },
  },
};

export const CGROUP_CHECKS: Readonly<Record<string, CgroupCheck>> = {
  'memory controller': {
    needs: ['sensing', 'tripwire', 'throttle'],
    judge: ({ path, parent, files }, { cgroupRoot }) => {
      const absent = PROTECTION_FILES.filter((file) => files[file] === 'absent');
      if (absent.length > 0) return lacks(`no ${absent.join(', ')} in ${path}`, handOn(cgroupRoot.path, parent.path));
      const locked = PROTECTION_FILES.filter((file) => WANTED[file] === 'writable' && files[file] !== 'writable');
      if (locked.length > 0) return lacks(`may not write ${locked.join(', ')} in ${path}`, RUN_AS_ROOT(path));
      return ok(`${PROTECTION_FILES.join(', ')} in ${path}`);
    },
  },
  'throttle cgroup': {
    needs: ['throttle'],
    judge: ({ parent }, { cgroupRoot }) => {
      if (!handsOnMemory(parent.handsOn)) {
        const found = `${parent.path} hands on ${show(parent.handsOn)}, so a sibling of the managed cgroup would have no memory.high`;
        return lacks(found, handOn(cgroupRoot.path, parent.path));
      }
      return parent.directory === 'writable'
        ? ok(`may be made in ${parent.path}`)
        : lacks(`may not make a cgroup in ${parent.path}`, RUN_AS_ROOT(parent.path));
    },
  },
  // Both cgroup.procs and that of their common ancestor must be writable (kernel doc admin-guide/cgroup-v2,
  // "delegation containment"). A cgroup that hands on controllers takes no processes ("no internal process
  // constraint"): each is moved back to the one below that it came from, which only the living monitor knows.
  'moving processes': {
    needs: ['throttle'],
    judge: ({ name, path, parent, processes, handsOn }) => {
      const locked = [{ path, processes }, parent].filter((cgroup) => cgroup.processes !== 'writable');
      if (locked.length > 0) {
        const files = locked.map((cgroup) => `${cgroup.path}/cgroup.procs`).join(', ');
        return lacks(`may not write ${files}`, RUN_AS_ROOT(parent.path));
      }
      if (E.isLeft(handsOn) || handsOn.right.length === 0) return ok(`between ${path} and its siblings`);
      const trap = 'after a crash during a throttle, no process could be moved back into it';
      const fix = `name the cgroup below it that holds the processes: --cgroup ${name}/...`;
      return finding(`${path} hands on ${show(handsOn)}: ${trap}`, fix);
    },
  },
  // Rule R13: limits would slow the one who must lift them.
  'monitor outside of it': {
    needs: ['tripwire', 'throttle'],
    judge: ({ name }, { own }) => {
      const elsewhere = 'start the monitor as a service of its own (docs/vm-monitor.service)';
      // The monitor goes on then: what has no path below the mount is hardly in a cgroup there.
      if (E.isLeft(own.cgroup)) return finding(`where this process is, is unknown: ${own.cgroup.left}`, elsewhere);
      return isInside(name, own.cgroup.right)
        ? lacks(`this process is in ${own.cgroup.right}: it sets no limit on itself`, elsewhere)
        : ok(`this process is in ${own.cgroup.right}`);
    },
  },
  // PSI only confirms, and vetoes a shrink (it comes 50 to 220 ms after it hurts): the rest works without.
  'pressure of the cgroup': {
    needs: ['sensing'],
    judge: ({ pressure, path }, facts) =>
      known(pressure, E.isLeft(facts.pressure) ? 'boot with psi=1' : `echo 1 >${path}/cgroup.pressure`, ok),
  },
  // /proc/PID/exe distinguishes a backend from what names itself so; ptrace(2), "ptrace access mode checking".
  'identifying backends': overProcesses(['throttle', 'cancel'], 'CAP_SYS_PTRACE'),
  'cancelling a statement': overProcesses(['cancel'], 'CAP_KILL'),
  // The cap is put on /dev/shm as this process sees it; a Postgres in a container has another.
  'shared memory of Postgres': {
    needs: ['shmCap'],
    judge: ({ sharesMounts, path }) => {
      const fix =
        'run the monitor in the mount namespace of Postgres (in its container), or do without the cap (--protect throttle)';
      if (E.isLeft(sharesMounts))
        return finding(`whether Postgres has our /dev/shm is unknown: ${sharesMounts.left}`, fix);
      return sharesMounts.right
        ? ok('in our mount namespace')
        : lacks(
            `the processes in ${path} have another mount namespace: their /dev/shm is not ours and is not seen`,
            fix,
          );
    },
  },
};
