/** The report on policies in markdown: each against the yardstick, under several kinds of noise. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { FRONTIER_POLICIES, YARDSTICK } from '../../../machines/simulation/policies-under-test';
import { leaveOneOut } from '../../../machines/simulation/left-out';
import {
  scoreRun,
  DAY_SECONDS,
  APART,
  scoreOf,
  worstExcess,
  type ScoredRun,
  type Excess,
  type Result,
  type Score,
} from '../../../machines/simulation/score';
import { addMeasures, noMeasures } from '../../../machines/simulation/measures';
import type { SimulationOptions } from '../../../machines/simulation/setting';
import { runJobs } from './pool';
import { markdownTable } from './table';

/** One chapter: what differs from the options given, and who is in it beside those that were asked for. */
interface Chapter {
  readonly title: string;
  readonly change: (options: SimulationOptions) => SimulationOptions;
  readonly curves: readonly string[];
}

const noisy = (cv: number, curves: readonly string[] = []): Chapter => ({
  title: `Noise cv ${cv}`,
  change: (options) => ({ ...options, noise: { ...options.noise, cv } }),
  curves,
});

/** The frontier only once, for it takes as many runs as all else. */
const CHAPTERS: readonly Chapter[] = [
  noisy(0),
  noisy(0.2, FRONTIER_POLICIES),
  noisy(0.5),
  {
    title: 'Noise cv 0.2, 10 % of the requests lost, 10 % denied',
    change: (options) => ({
      ...options,
      noise: { ...options.noise, cv: 0.2 },
      grants: { ...options.grants, denyRate: 0.1, lossRate: 0.1 },
    }),
    curves: [],
  },
];

/** Far worse than the yardstick: shown as a multiple. */
const FAR_WORSE = 10;

/** A shortage as "1/64": so much less than the yardstick's. */
const fraction = (ratio: number | null): string => {
  if (ratio === null) return '-';
  if (ratio >= FAR_WORSE) return `× ${ratio.toFixed(0)}`;
  const times = 1 / ratio;
  return `1/${times < 10 ? times.toFixed(1) : times.toFixed(0)}`;
};
const ratioText = (digits: number, ratio: number | null): string => (ratio === null ? '-' : ratio.toFixed(digits));

const scoreCells = (score: Score): readonly string[] => [
  fraction(score.cpuShort),
  fraction(score.memShort),
  ratioText(3, score.cpuCost),
  ratioText(3, score.memCost),
  ratioText(2, score.resizes),
];
const SCORE_HEAD = ['CPU short', 'memory short', 'cost CPU', 'cost memory', 'resizes'];

/** Less is shown as none. */
const LEAST_EXCESS = 0.05;

const excess = (worst: Excess | null, unit: string): string =>
  worst === null || worst.perDay < LEAST_EXCESS ? 'none' : `${worst.perDay.toFixed(1)} ${unit} (${worst.family})`;

const overall = (judged: readonly ScoredRun[]): string =>
  markdownTable({
    head: ['policy', ...SCORE_HEAD, 'worst CPU excess a day', 'worst memory excess a day'],
    rows: judged.map(({ policy, families }) => [
      policy,
      ...scoreCells(scoreOf(families)),
      excess(worstExcess(families, 'cpuShortCoreSeconds'), 'core-s'),
      excess(worstExcess(families, 'memShortGibSeconds'), 'GiB-s'),
    ]),
  });

const byFamily = ({ policy, families }: ScoredRun): string =>
  markdownTable({
    head: [policy, 'traces', 'days', 'core-s short', 'GiB-s short', ...SCORE_HEAD],
    rows: families.map((family) => [
      APART.has(family.family) ? `${family.family} (apart)` : family.family,
      String(family.traces),
      family.days.toFixed(2),
      family.measures.cpuShortCoreSeconds.toFixed(1),
      family.measures.memShortGibSeconds.toFixed(1),
      ...scoreCells(family),
    ]),
  });

const yardstickTotals = (results: readonly Result[]): string => {
  const total = (key: 'cpuShortCoreSeconds' | 'memShortGibSeconds'): string =>
    results
      .filter(({ policy }) => policy === YARDSTICK)
      .reduce((sum, { measures }) => sum + measures[key], 0)
      .toFixed(0);
  return `${YARDSTICK} in all: ${total('cpuShortCoreSeconds')} core-s and ${total('memShortGibSeconds')} GiB-s short.\n`;
};

/** Over the traces with memory, unweighted by family: what each policy leaves for a made-up page cache. */
const pageCache = (policies: readonly string[], results: readonly Result[]): string => {
  const cells = (name: string): readonly string[] => {
    const sum = results
      .filter(({ policy, knowsMemory }) => policy === name && knowsMemory)
      .reduce((total, { measures }) => addMeasures(total, measures), noMeasures());
    const days = sum.durationSeconds / DAY_SECONDS;
    return [
      name,
      (sum.cacheGibSeconds / sum.durationSeconds).toFixed(2),
      (sum.cacheMissSeconds / days).toFixed(0),
      (sum.cacheRefilledGib / days).toFixed(1),
    ];
  };
  return markdownTable({
    head: ['page cache', 'GiB left for it', 'miss-seconds a day', 'GiB read again a day'],
    rows: policies.map(cells),
  });
};

const frontier = (curves: readonly string[], results: readonly Result[]): readonly string[] =>
  curves.length === 0 ? [] : [`Frontier: what less shortage costs.\n\n${overall(scoreRun(curves, results))}`];

/** The settings of our policy among the curves. */
const SETTINGS_OF = 'headroom';

/** What was tuned on some families, on the one that had no say. */
const leftOut = (curves: readonly string[], results: readonly Result[]): readonly string[] => {
  const settings = curves.filter((name) => name.startsWith(SETTINGS_OF));
  if (settings.length === 0) return [];
  const rows = leaveOneOut(scoreRun(settings, results)).map(({ family, chosen, score }) => [
    family,
    chosen,
    ...scoreCells(score),
  ]);
  const table = markdownTable({ head: ['left out', 'the others choose', ...SCORE_HEAD], rows });
  return [
    `Each family left out in turn: the others choose a setting, and it is scored on the one left out.\n\n${table}`,
  ];
};

const chapterText = ({ title, curves }: Chapter, policies: readonly string[], results: readonly Result[]): string => {
  const judged = scoreRun(policies, results);
  return [
    `## ${title}\n`,
    yardstickTotals(results),
    overall(judged),
    pageCache([YARDSTICK, ...policies], results),
    ...judged.map(byFamily),
    ...frontier(curves, results),
    ...leftOut(curves, results),
  ].join('\n');
};

const policiesOf = ({ curves }: Chapter, policies: readonly string[]): readonly string[] => [
  ...new Set([YARDSTICK, ...policies, ...curves]),
];

/**
 * Runs all chapters; `tell` gets each as soon as it is done. Right: the results of the chapter with the frontier. Left:
 * what could not be run.
 */
export const policyReport = async (
  paths: readonly string[],
  policies: readonly string[],
  options: SimulationOptions,
  emit: (markdown: string) => void,
  done: (outcome: Result) => void,
): Promise<Either<string, readonly Result[]>> => {
  let frontierResults: readonly Result[] = [];
  const judged = policies.filter((name) => name !== YARDSTICK);
  for (const chapter of CHAPTERS) {
    const changed = chapter.change(options);
    const names = policiesOf(chapter, policies);
    const jobs = paths.flatMap((path) => names.map((policy) => ({ path, policy, options: changed })));
    const results = await runJobs('fluid', jobs, done);
    if (E.isLeft(results)) return results;
    emit(`${chapterText(chapter, judged, results.right)}\n`);
    if (chapter.curves.length > 0) frontierResults = results.right;
  }
  return E.right(frontierResults);
};

/** Runs that a report takes. */
export const reportRuns = (traces: number, policies: readonly string[]): number =>
  CHAPTERS.reduce((runs, chapter) => runs + traces * policiesOf(chapter, policies).length, 0);
