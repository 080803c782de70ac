/** Memory that nears exhaustion where no larger size can come: a warning for people (rule R6). */
import type { StatechartConfig } from '../statechart/context';
import { hasStoppedShort, isFinal } from '../statechart/request';
import { pressureLevelOf } from '../memory/pressure-level';
import { toOutlook } from './observe';
import type { EngineState } from './state';

export interface Ending {
  /** The granted memory, beyond which nothing comes. */
  readonly sizeBytes: number;
  /** What use may still grow by, and for how long it does at the present growth; Infinity: it does not grow. */
  readonly leftBytes: number;
  readonly exhaustionMs: number;
  /** Why nothing comes. */
  readonly because:
    | { readonly type: 'largest' }
    | { readonly type: 'stoppedShort' }
    | { readonly type: 'denied'; readonly reason: string };
  readonly protect: StatechartConfig['protect'];
}

type Considered = Pick<EngineState, 'statechart' | 'domain'>;

const reasonOf = ({ context }: Considered['statechart']): Ending['because'] => {
  if (context.denial !== null) return { type: 'denied', reason: context.denial };
  return { type: hasStoppedShort(context) ? 'stoppedShort' : 'largest' };
};

/** Null while there is enough, or more may come. */
export const endingOf = (at: number, { statechart, domain }: Considered): Ending | null => {
  if (statechart.context.memory !== 'critical' || !isFinal(statechart.context)) return null;
  const outlook = toOutlook(at, domain, statechart.context);
  const { granted, config } = statechart.context;
  if (outlook === null || granted === null) return null;
  // A shortage is believed for a second more: by then the largest size may have come, with all the memory that was missing.
  if (pressureLevelOf(outlook) !== 'critical') return null;
  return {
    sizeBytes: granted.mem,
    leftBytes: Math.max(0, outlook.shortest.bytes),
    exhaustionMs: outlook.exhaustionMs,
    because: reasonOf(statechart),
    protect: config.protect,
  };
};

/** Only then an end that comes near again is news; a shortage that is merely watched may return at any moment. */
export const hasEased = ({ statechart }: Considered): boolean => statechart.context.memory === 'normal';
