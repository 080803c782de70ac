/** The doctor: all checks, over the facts of one moment. */
import type { CgroupCheck, DoctorCheck, Finding, Requirement } from './check';
import { CGROUP_CHECKS, CGROUP_GATES } from './cgroup-checks';
import type { CgroupFacts, Facts } from './facts';
import { OWN_CHECKS } from './own-checks';
import { SHM_CAP_CHECKS } from './refuse-checks';
import { SENSING_CHECKS } from './sensing-checks';
import { SIZE_CHECKS } from './size-checks';

const CHECKS: readonly DoctorCheck[] = [...SENSING_CHECKS, ...SIZE_CHECKS, ...OWN_CHECKS, ...SHM_CAP_CHECKS];

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
  const judged = ({ name, needs, judge }: CgroupCheck): Finding => ({ name, needs, ...judge(cgroup, facts) });
  const gates: Finding[] = [];
  for (const gate of CGROUP_GATES) {
    const finding = judged(gate);
    gates.push(finding);
    if (finding.verdict === 'missing') return gates;
  }
  return [...gates, ...CGROUP_CHECKS.map(judged)];
};

/** In a fixed order; what lies behind a cgroup that is missing is left out. */
export const examine = (facts: Facts): readonly Finding[] => [
  ...(facts.cgroup === null ? NO_CGROUP : cgroupFindings(facts.cgroup, facts)),
  ...CHECKS.map(({ name, needs, judge }) => ({ name, needs, ...judge(facts) })),
];

/** Whether the work that is asked for needs what this finding is about. */
export const isAsked = ({ needs }: Finding, asked: readonly Requirement[]): boolean =>
  needs.some((recommendation) => asked.includes(recommendation));
