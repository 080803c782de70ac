/** Memory that nears its end where no larger size can come: what people should hear of (rule R6). */
import type { ChartConfig } from '../statechart/context';
import { hasStoppedShort, isFinal } from '../statechart/request';
import { judge } from '../memory/pressure-level';
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
  readonly protect: ChartConfig['protect'];
}

type Seen = Pick<EngineState, 'chart' | 'domain'>;

const reasonOf = ({ context }: Seen['chart']): Ending['because'] => {
  if (context.denial !== null) return { type: 'denied', reason: context.denial };
  return { type: hasStoppedShort(context) ? 'stoppedShort' : 'largest' };
};

/** Null while there is enough, or more may come. */
export const endingOf = (at: number, { chart, domain }: Seen): Ending | null => {
  if (domain.verdict.verdict !== 'breached' || !isFinal(chart.context)) return null;
  const outlook = toOutlook(at, domain, chart.context);
  const { granted, config } = chart.context;
  if (outlook === null || granted === null) return null;
  // A breach is believed for a second more: by then the largest size may have come, with all the room that was missing.
  if (judge(outlook) !== 'breached') return null;
  return {
    sizeBytes: granted.mem,
    leftBytes: Math.max(0, outlook.runwayBytes),
    exhaustionMs: outlook.exhaustionMs,
    because: reasonOf(chart),
    protect: config.protect,
  };
};

/** Only then an end that comes near again is news; a breach that is merely watched may return at any moment. */
export const hasEased = ({ domain }: Seen): boolean => domain.verdict.verdict === 'calm';
