/** A table of facts and what a check has to say of them, as specs. */
import type { Finding } from '../../../../adapters/tools/doctor/check';
import type { Facts } from '../../../../adapters/tools/doctor/probe';
import { findingOf } from './support';

/** What is found must hold the fourth entry, the fix the last one. */
export type Row = readonly [check: string, when: string, facts: Facts, found: string, fix: string];

export const judged = (level: Finding['verdict'], rows: readonly Row[]): void => {
  it.each(rows)(`${level}: %s, when %s`, (check, _when, facts, found, fix) => {
    const finding = findingOf(facts, check);
    expect(finding.verdict).toBe(level);
    expect(finding.found).toContain(found);
    expect(finding.fix ?? '').toContain(fix);
    expect(finding.fix === null).toBe(level === 'ok');
  });
};
