/** The doctor: all checks, over the facts of one moment. */
import type { CgroupCheck, Finding, MachineCheck, Requirement } from './check';
import { CGROUP_CHECKS, CGROUP_GATES } from './cgroup-checks';
import { OWN_CHECKS } from './own-checks';
import type { CgroupFacts, Facts } from './probe';
import { SENSING_CHECKS } from './sensing-checks';
import { SIZE_CHECKS } from './size-checks';

const CHECKS: Readonly<Record<string, MachineCheck>> = { ...SENSING_CHECKS, ...SIZE_CHECKS, ...OWN_CHECKS };

/** The early warning is the default and goes on without; who asks for more has forgotten something. */
const NO_CGROUP: readonly Finding[] = [
  {
    name: 'managed cgroup',
    needs: ['tripwire'],
    verdict: 'warning',
    found: 'none is named: the VM is watched as a whole, and nothing in it is protected',
    fix: '--cgroup NAME',
  },
  {
    name: 'processes to throttle or cancel',
    needs: ['throttle', 'cancel'],
    verdict: 'missing',
    found: 'they are looked for in the managed cgroup, and none is named',
    fix: '--cgroup NAME',
  },
];

const cgroupFindings = (cgroup: CgroupFacts, facts: Facts): readonly Finding[] => {
  const judged = (checks: Readonly<Record<string, CgroupCheck>>): readonly Finding[] =>
    Object.entries(checks).map(([name, { needs, judge }]) => ({ name, needs, ...judge(cgroup, facts) }));
  const gates = judged(CGROUP_GATES);
  const shut = gates.findIndex(({ verdict }) => verdict === 'missing');
  return shut < 0 ? [...gates, ...judged(CGROUP_CHECKS)] : gates.slice(0, shut + 1);
};

/** In a fixed order; what lies behind a cgroup that is missing is left out. */
export const examine = (facts: Facts): readonly Finding[] => [
  ...(facts.cgroup === null ? NO_CGROUP : cgroupFindings(facts.cgroup, facts)),
  ...Object.entries(CHECKS).map(([name, { needs, judge }]) => ({ name, needs, ...judge(facts) })),
];

/** Whether the work that is asked for needs what this finding is about. */
export const isAsked = ({ needs }: Finding, asked: readonly Requirement[]): boolean =>
  needs.some((need) => asked.includes(need));
