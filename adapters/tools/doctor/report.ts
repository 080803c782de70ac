/** Findings as people and programs read them. */
import type { Finding, Requirement } from './check';
import { isAsked } from './examine';
import { warning, type EventLine } from '../../shared/logging/event-line';

const VERDICT_WIDTH = 'warning'.length;

const block = (each: Finding, asked: readonly Requirement[]): string => {
  const { name, needs, verdict, found, fix } = each;
  const head = `${verdict.padEnd(VERDICT_WIDTH)}  ${name}`;
  if (verdict === 'ok') return `${head}: ${found}\n`;
  const want = isAsked(each, asked) ? '' : '; not requested';
  const indent = ' '.repeat(VERDICT_WIDTH + 2);
  return `${head} (for ${needs.join(', ')}${want})\n${indent}found: ${found}\n${indent}fix:   ${fix ?? 'none'}\n`;
};

interface Summary {
  readonly ok: number;
  readonly warnings: number;
  readonly missing: number;
  /** Of the missing: needed by what is asked for. */
  readonly needed: number;
}

export const summarise = (findings: readonly Finding[], asked: readonly Requirement[]): Summary => {
  const of = (level: Finding['verdict']): readonly Finding[] => findings.filter(({ verdict }) => verdict === level);
  const missing = of('missing');
  const needed = missing.filter((finding) => isAsked(finding, asked));
  return { ok: of('ok').length, warnings: of('warning').length, missing: missing.length, needed: needed.length };
};

/** One block a check; the ones that are fine take one line. */
export const doctorText = (findings: readonly Finding[], asked: readonly Requirement[]): string => {
  const { ok, warnings, missing, needed } = summarise(findings, asked);
  const blocks = findings.map((finding) => block(finding, asked)).join('');
  return `${blocks}${ok} ok, ${warnings} warnings, ${missing} missing, of which ${needed} needed for what is requested\n`;
};

/** For programs: `{"findings":[{"name","needs","verdict","found","fix"}],"ok":n,"warnings":n,"missing":n,"needed":n}`. */
export const doctorJson = (findings: readonly Finding[], asked: readonly Requirement[]): string =>
  `${JSON.stringify({ findings, ...summarise(findings, asked) })}\n`;

/** For the start of the monitor: what is not fine and matters to what is asked for, one line each. */
export const doctorLines = (findings: readonly Finding[], asked: readonly Requirement[]): readonly EventLine[] =>
  findings
    .filter((finding) => finding.verdict !== 'ok' && isAsked(finding, asked))
    .map(({ name, verdict, found, fix }) => warning('doctor', { check: name, verdict, found, fix: fix ?? 'none' }));
