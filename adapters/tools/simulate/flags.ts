/** The flags of `vm-monitor simulate`. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { POLICIES_UNDER_TEST } from '../../../machines/simulation/policies-under-test';
import { SIMULATION_DEFAULTS } from '../../../machines/simulation/setting';
import { SIDE_NAMES } from '../../../machines/simulation/world/side-table';
import { SECOND_MS, MINUTE_MS } from '../../../machines/shared/units';
import { JSON_OUTPUT } from '../../shared/config/common-flags';
import { SIZE_FLAGS } from '../../../machines/shared/config/size-flags';
import { list, optional, single, toggle } from '../../../machines/shared/config/flag';
import { size } from '../../../machines/shared/config/texts/size';
import type { TextReader } from '../../../machines/shared/config/texts/text-reader';
import { oneOf, path, wholeNumber } from '../../../machines/shared/config/texts/words';
import { PLOT_ENDINGS, plotFormat } from './plot/formats';

/** Of `--beat-ms`: ten looks in a millisecond-clock's second to one in ten minutes. */
const LEAST_INTERVAL_MS = 10;
const MOST_INTERVAL_MS = 10 * MINUTE_MS;
/** Of grants: an agent that needs longer has failed. */
const GRANT_MOST_MS = 60 * MINUTE_MS;
/** Coefficient of variation: far beyond any load. */
const NOISE_MOST_CV = 10;

const DECIMAL = /^\d+(?:\.\d+)?$/;

const decimal =
  (most: number): TextReader<number> =>
  (text) =>
    DECIMAL.test(text) && Number(text) <= most ? E.right(Number(text)) : E.left(`a number from 0 to ${most}`);

const sample: TextReader<number> = (text) =>
  pipe(
    wholeNumber(LEAST_INTERVAL_MS, MOST_INTERVAL_MS, 'ms')(text),
    E.filterOrElse(
      (ms) => SECOND_MS % ms === 0 || ms % SECOND_MS === 0,
      () => `ms that divide ${SECOND_MS} or are a multiple of it`,
    ),
  );

const plotFile: TextReader<string> = (text) =>
  pipe(
    path(text),
    E.filterOrElse(
      (file) => plotFormat(file) !== undefined,
      () => `a file that ends in ${PLOT_ENDINGS.join(' or ')}`,
    ),
  );

/** More runs of one scenario say nothing more. */
const MOST_SEEDS = 1_000;
const LARGEST_SEED = 2 ** 31;

const grantMs = (defaultMs: number, help: string) =>
  single({ value: 'N', default: String(defaultMs), help }, wholeNumber(0, GRANT_MOST_MS, 'ms'));

const share = (defaultShare: number, help: string) =>
  single({ value: 'P', default: String(defaultShare), help }, decimal(1));

const { noise, beatMs: intervalMs, grants } = SIMULATION_DEFAULTS;

const TRACE = { value: 'PATH', default: 'none', help: 'a trace, or a directory of them; may be given several times' };

export const SIMULATE_FLAGS = {
  // Not split at commas, and of any number: a shell puts in what a pattern matches.
  trace: { ...list(TRACE, path), read: E.traverseArray(path) },
  policy: list(
    { value: 'NAME', default: 'all but the usage rules', help: `one of ${[...POLICIES_UNDER_TEST.keys()].join(', ')}` },
    oneOf(...POLICIES_UNDER_TEST.keys()),
  ),
  noiseCv: single(
    { value: 'C', default: String(noise.cv), help: 'noise within rows of a minute or more: standard deviation / mean' },
    decimal(NOISE_MOST_CV),
  ),
  seed: single(
    { value: 'N', default: String(noise.seed), help: 'of the noise and of what is lost' },
    wholeNumber(0, LARGEST_SEED, ''),
  ),
  beatMs: single(
    {
      value: 'N',
      default: String(intervalMs),
      help: 'time between two looks of the policy; divides 1000 or is a multiple',
    },
    sample,
  ),
  grantUpMs: grantMs(grants.upMs, 'from the request for more to having it, in ms'),
  grantDownMs: grantMs(grants.downMs, 'from the request for less to having it, in ms'),
  denyRate: share(grants.denyRate, 'share of the requests that are denied'),
  lossRate: share(grants.lossRate, 'share of the requests that are lost'),
  computeUnit: SIZE_FLAGS.computeUnit,
  minSize: SIZE_FLAGS.minSize,
  maxSize: optional(
    { value: 'CPU,MEM', default: "the trace's capacity", help: 'largest size, rounded down to whole units' },
    size,
  ),
  initialSize: optional({ value: 'CPU,MEM', default: 'the largest size', help: 'at the beginning of a trace' }, size),
  json: JSON_OUTPUT,
  report: toggle({ help: 'all traces under all policies and some settings, as Markdown' }),
  sizes: optional({ value: 'FILE', default: 'none', help: 'each change of the granted size as CSV, of one run' }, path),
  plot: optional(
    {
      value: 'FILE',
      default: 'none',
      help: 'one trace under its policies, as a page (.html) or a picture (.svg); with --report the frontier (.svg)',
    },
    plotFile,
  ),
  model: optional(
    {
      value: 'NAME',
      default: 'fluid with a flag of the fluid model, else world',
      help: 'world: the whole core in a modelled VM; fluid: a policy alone (--policy, --noise-cv, --beat-ms, --report, --plot)',
    },
    oneOf('world', 'fluid'),
  ),
  // Not split at commas: it may be a path.
  scenario: {
    ...list({ value: 'NAME|FILE', default: 'none', help: 'a scenario of the world, "all", or a JSON file' }, path),
    read: E.traverseArray(path),
  },
  listScenarios: toggle({ help: 'names the scenarios, and says what each is about' }),
  sweep: optional(
    { value: 'NAME', default: 'none', help: 'flat: constant loads at all sizes and fill levels, in the world' },
    oneOf('flat'),
  ),
  side: list(
    { value: 'NAME', default: 'all', help: `in the world, one of ${SIDE_NAMES.join(', ')}` },
    oneOf(...SIDE_NAMES),
  ),
  seeds: single(
    { value: 'N', default: '1', help: 'runs of the world with so many seeds, from --seed on' },
    wholeNumber(1, MOST_SEEDS, ''),
  ),
  events: optional(
    { value: 'DIR', default: 'none', help: 'event log of one run of the world, for vm-monitor replay' },
    path,
  ),
};
