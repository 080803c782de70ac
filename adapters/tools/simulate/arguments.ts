/** From the command line of `vm-monitor simulate` to what is to be run. */
import { extname } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { DEFAULT_POLICIES_UNDER_TEST } from '../../../machines/simulation/policies-under-test';
import { SIMULATION_DEFAULTS, type SimulationOptions } from '../../../machines/simulation/setting';
import { SIDE_NAMES, type SideName } from '../../../machines/simulation/world/side-table';
import type { ValuesOf } from '../../../machines/shared/config/flag';
import { flagsFromArguments } from '../../shared/config/from-arguments';
import { SIMULATE_FLAGS } from './flags';

export interface SimulateArguments {
  /** null: policies are run alone, in the fluid model. */
  readonly world: WorldArguments | null;
  /** Files and directories. */
  readonly traces: readonly string[];
  readonly policies: readonly string[];
  readonly options: SimulationOptions;
  readonly json: boolean;
  readonly report: boolean;
  readonly sizesFile: string | null;
  readonly plotFile: string | null;
}

/** What only the world knows. */
export interface WorldArguments {
  readonly scenarios: readonly string[];
  readonly sweep: 'flat' | null;
  readonly listed: boolean;
  readonly sides: readonly SideName[];
  readonly seeds: readonly number[];
  readonly eventsDir: string | null;
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

const FLUID_ONLY = '--policy, --noise-cv, --beat-ms, --report and --plot: expected --model fluid beside them';
const WORLD_ONLY =
  '--scenario, --list-scenarios, --sweep, --side, --seeds and --events: expected --model world, and no flag of the fluid model';

/** A flag of the fluid model was given: an old command line keeps its meaning. */
const namesFluid = ({ policy, report, plot, noiseCv, beatMs }: Values): boolean =>
  policy.length > 0 ||
  report ||
  plot !== null ||
  noiseCv !== SIMULATION_DEFAULTS.noise.cv ||
  beatMs !== SIMULATION_DEFAULTS.beatMs;

const namesWorld = ({ scenario, sweep, listScenarios, side, seeds, events }: Values): boolean =>
  scenario.length > 0 || sweep !== null || listScenarios || side.length > 0 || seeds > 1 || events !== null;

const isWorld = (flags: Values): boolean => (flags.model === null ? !namesFluid(flags) : flags.model === 'world');

const worldOf = (flags: Values): WorldArguments => ({
  scenarios: flags.scenario,
  sweep: flags.sweep,
  listed: flags.listScenarios,
  sides: flags.side.length === 0 ? SIDE_NAMES : flags.side,
  seeds: Array.from({ length: flags.seeds }, (_, index) => flags.seed + index),
  eventsDir: flags.events,
});

const isNamed = ({ trace, scenario, sweep, listScenarios }: Values): boolean =>
  trace.length + scenario.length > 0 || sweep !== null || listScenarios;

/** Left: one line that names what is wrong. */
export const readArguments = (args: readonly string[]): Either<string, SimulateArguments> =>
  pipe(
    flagsFromArguments(SIMULATE_FLAGS, args),
    E.filterOrElse(
      isNamed,
      () => '--trace PATH is missing: expected a trace or a directory of traces, or --scenario NAME',
    ),
    E.filterOrElse(
      (flags) => !(isWorld(flags) ? namesFluid(flags) : namesWorld(flags)),
      (flags): string => (isWorld(flags) ? FLUID_ONLY : WORLD_ONLY),
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
      world: isWorld(flags) ? worldOf(flags) : null,
      traces: flags.trace,
      policies: flags.policy.length === 0 ? DEFAULT_POLICIES_UNDER_TEST : flags.policy,
      options: optionsOf(flags),
      json: flags.json,
      report: flags.report,
      sizesFile: flags.sizes,
      plotFile: flags.plot,
    })),
  );
