/** From flags to what a core is made of. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { sizingRules, type SizeFlags } from '../../shared/config/sizing-rules';
import type { SizingRules } from '../../shared/sizing';
import type { EngineSetup } from '../engine/state';
import type { DecisionValues } from './flags';

/** A flag that is fine alone but not with the others. */
export interface DecisionClash {
  readonly key: keyof DecisionValues;
  readonly expected: string;
}

/** Left when flags contradict each other. */
export const checkedSizing = (flags: DecisionValues): Either<DecisionClash, SizingRules> =>
  flags.hotplugCpus && flags.sizeFrom === 'agent'
    ? E.left({ key: 'hotplugCpus', expected: 'off, because with --size-from agent sizes are virtual' })
    : sizingRules(flags);

/** The flags, understood: sizes in whole units. */
export interface Decisions extends Omit<DecisionValues, keyof SizeFlags> {
  readonly sizing: SizingRules;
}

type FileCachePlace = EngineSetup['engine']['statechart']['fileCache'];

export const setupOf = (
  { policy, prefer, sizing, scaleRequests, sizeFrom, hotplugCpus, protect, hardLimit, throttleMaxMs }: Decisions,
  fileCache: FileCachePlace,
): EngineSetup => ({
  policy,
  prefer,
  engine: {
    sizing,
    statechart: { scaleRequests, sizeFrom, hotplugCpus, fileCache, protect, hardLimit, throttleMaxMs },
  },
});
