import { examine } from '../../../../adapters/tools/doctor/examine';
import type { Facts } from '../../../../adapters/tools/doctor/probe';
import { healthy, NO_MOUNT, withCgroup } from './support';

it('finds nothing to say about a machine on which all is well', () => {
  const findings = examine(healthy());
  expect(findings.length).toBeGreaterThan(25);
  expect(findings.filter(({ verdict: level }) => level !== 'ok')).toEqual([]);
  expect(findings.filter(({ fix }) => fix !== null)).toEqual([]);
});

it('names every check once', () => {
  const names = examine(healthy()).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe('what cannot be looked into', () => {
  const cgroupChecks = (facts: Facts): readonly string[] =>
    examine(facts)
      .map(({ name }) => name)
      .slice(
        0,
        examine(facts).findIndex(({ name }) => name.startsWith('pressure of the VM')),
      );

  it('is left out behind a cgroup mount that is missing', () => {
    expect(cgroupChecks(NO_MOUNT)).toEqual(['cgroup v2']);
  });

  it('is left out behind a cgroup that is missing', () => {
    expect(cgroupChecks(withCgroup({ directory: 'absent' }))).toEqual(['cgroup v2', 'managed cgroup']);
  });

  it('is left out where no cgroup is named, but for that nobody can be held there', () => {
    expect(cgroupChecks(healthy({ cgroup: null }))).toEqual(['managed cgroup', 'processes to throttle or cancel']);
  });
});
