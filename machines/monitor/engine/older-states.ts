/**
 * Saved states of older builds, brought up to date. Until November 2026 the pressure level, the escalation and the floors
 * stood beside the statechart; now they are its own. What such a state had learned of grants is forgotten.
 */
import * as t from 'io-ts';
import { UNLEARNED } from './grant-latency';

const Fields = t.record(t.string, t.unknown);
const OlderState = t.type({
  domain: t.intersection([
    Fields,
    t.type({
      pressure: t.type({ betterSince: t.unknown }),
      escalation: t.type({ reliefBytes: t.unknown }),
      breachFloor: t.unknown,
      shrinkFloor: t.unknown,
    }),
  ]),
  statechart: t.type({ value: t.unknown, context: Fields }),
});

/** The state in the present form; as it is, where it is not an older one. */
export const upToDate = (state: unknown): unknown => {
  if (!OlderState.is(state)) return state;
  const { pressure, escalation, breachFloor, shrinkFloor, ...domain } = state.domain;
  const floors = { shortage: breachFloor, shrink: shrinkFloor };
  return {
    ...state,
    domain: {
      ...domain,
      easingSince: pressure.betterSince,
      reliefBytes: escalation.reliefBytes,
      latency: UNLEARNED,
    },
    statechart: { ...state.statechart, context: { ...state.statechart.context, floors } },
  };
};
