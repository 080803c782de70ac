import { NEEDS_OF, type Finding, type Requirement } from '../../../../adapters/tools/doctor/check';
import { doctorJson, doctorLines, doctorText } from '../../../../adapters/tools/doctor/report';

const FINDINGS: readonly Finding[] = [
  { name: 'swap', needs: ['throttle'], verdict: 'ok', found: 'none', fix: null },
  { name: 'Node', needs: ['sensing'], verdict: 'warning', found: 'old', fix: 'a new one' },
  { name: 'inotify', needs: ['tripwire', 'throttle'], verdict: 'missing', found: 'EMFILE', fix: 'sysctl' },
  { name: 'mount', needs: ['shmCap'], verdict: 'missing', found: 'no mount', fix: 'install' },
];
const asked = NEEDS_OF.tripwire;

it('shows what is fine in one line, and of the rest what was found and the fix', () => {
  expect(doctorText(FINDINGS, asked)).toBe(
    [
      'ok       swap: none',
      'warning  Node (for sensing)',
      '         found: old',
      '         fix:   a new one',
      'missing  inotify (for tripwire, throttle)',
      '         found: EMFILE',
      '         fix:   sysctl',
      'missing  mount (for shmCap; not requested)',
      '         found: no mount',
      '         fix:   install',
      '1 ok, 1 warnings, 2 missing, of which 1 needed for what is requested',
      '',
    ].join('\n'),
  );
});

it('gives programs the same as one JSON object', () => {
  expect(JSON.parse(doctorJson(FINDINGS, asked))).toEqual({
    findings: FINDINGS,
    ok: 1,
    warnings: 1,
    missing: 2,
    needed: 1,
  });
});

it('gives the start of the monitor only what matters to it, one line each', () => {
  expect(doctorLines(FINDINGS, asked)).toEqual([
    { level: 'warn', msg: 'doctor', fields: { check: 'Node', verdict: 'warning', found: 'old', fix: 'a new one' } },
    { level: 'warn', msg: 'doctor', fields: { check: 'inotify', verdict: 'missing', found: 'EMFILE', fix: 'sysctl' } },
  ]);
});

it.each([
  ['observe', 0],
  ['tripwire', 1],
  ['throttle', 1],
  ['full', 2],
] as const)('--protect %s needs %d of what is missing', (level, needed) => {
  const needs: readonly Requirement[] = NEEDS_OF[level];
  expect(JSON.parse(doctorJson(FINDINGS, needs))).toMatchObject({ needed });
});
