/** From the command line of `vm-monitor simulate` to what is to be run. */
import { extname } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { DEFAULT_POLICIES_UNDER_TEST } from '../../../machines/simulation/policies-under-test';
import type { SimulationOptions } from '../../../machines/simulation/setting';
import type { ValuesOf } from '../../../machines/shared/config/flag';
import { flagsFromArguments } from '../../shared/config/from-arguments';
import { SIMULATE_FLAGS } from './flags';

export interface SimulateArguments {
  /** Files and directories. */
  readonly traces: readonly string[];
  readonly policies: readonly string[];
  readonly options: SimulationOptions;
  readonly json: boolean;
  readonly report: boolean;
  readonly sizesFile: string | null;
  readonly plotFile: string | null;
}

type Values = ValuesOf<typeof SIMULATE_FLAGS>;

const optionsOf = (flags: Values): SimulationOptions => ({
  noise: { cv: flags.noiseCv, seed: flags.seed },
  beatMs: flags.beatMs,
  grants: {
    upMs: flags.grantUpMs,
    downMs: flags.grantDownMs,
    denyRate: flags.denyRate,
    lossRate: flags.lossRate,
  },
  unit: flags.computeUnit,
  min: flags.minSize,
  max: flags.maxSize,
  initial: flags.initialSize,
});

/** Left: one line that names what is wrong. */
export const readArguments = (args: readonly string[]): Either<string, SimulateArguments> =>
  pipe(
    flagsFromArguments(SIMULATE_FLAGS, args),
    E.filterOrElse(
      ({ trace }) => trace.length > 0,
      () => '--trace PATH is missing: expected a trace or a directory of traces',
    ),
    E.filterOrElse(
      ({ denyRate, lossRate }) => denyRate + lossRate <= 1,
      () => '--deny-rate and --loss-rate: expected a sum of at most 1',
    ),
    E.filterOrElse(
      ({ report, plot }) => !report || plot === null || extname(plot) === '.svg',
      ({ plot }) => `--plot "${plot ?? ''}": expected a file that ends in .svg beside --report`,
    ),
    E.map((flags) => ({
      traces: flags.trace,
      policies: flags.policy.length === 0 ? DEFAULT_POLICIES_UNDER_TEST : flags.policy,
      options: optionsOf(flags),
      json: flags.json,
      report: flags.report,
      sizesFile: flags.sizes,
      plotFile: flags.plot,
    })),
  );
