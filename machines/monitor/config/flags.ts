/** The flags of the monitor by which it decides. Those of its shell are in adapters/monitor/config/flags.ts. */
import { optional, single, toggle, type ValuesOf } from '../../shared/config/flag';
import { SIZE_FLAGS } from '../../shared/config/size-flags';
import { size } from '../../shared/config/texts/size';
import { oneOf, wholeNumber } from '../../shared/config/texts/words';

/** A throttle is counted per 30 s, so it cannot last longer. */
const MOST_THROTTLE_MS = 30_000;

export const DECISION_FLAGS = {
  policy: single(
    { value: 'NAME', default: 'headroom', help: 'what decides the size: headroom, goal-cu or sliding-max' },
    oneOf('headroom', 'goal-cu', 'sliding-max'),
  ),
  prefer: single(
    {
      value: 'cost|balanced|performance',
      default: 'balanced',
      help: 'the one dial of the policy headroom: fewer cores and GiB, or fewer waits',
    },
    oneOf('cost', 'balanced', 'performance'),
  ),
  ...SIZE_FLAGS,
  maxSize: optional(
    {
      value: 'CPU,MEM',
      default: 'none',
      help: 'largest size, rounded down to whole units; none: the agent reports it, or partial grants show it',
    },
    size,
  ),
  sizeFrom: single(
    {
      value: 'kernel|agent',
      default: 'kernel',
      help: 'what shows that a grant has arrived: the size that the kernel shows, or the message of the agent (virtual sizes)',
    },
    oneOf('kernel', 'agent'),
  ),
  scaleRequests: single(
    {
      value: 'auto|always|never',
      default: 'auto',
      help: 'requests with an amount: auto where the agent understands them, always, or never (UpscaleRequest only)',
    },
    oneOf('auto', 'always', 'never'),
  ),
  protect: single(
    {
      value: 'observe|tripwire|throttle|full',
      default: 'tripwire',
      help: 'what may be written: nothing; memory.high as early warning; also throttle the fastest-growing backends; also cap /dev/shm and cancel',
    },
    oneOf('observe', 'tripwire', 'throttle', 'full'),
  ),
  hardLimit: toggle({ help: 'also set memory.max, so that the cgroup fails before the VM does' }),
  throttleMaxMs: single(
    { value: 'N', default: '5000', help: 'longest throttle of the fastest-growing backends in any 30 s, in ms' },
    wholeNumber(0, MOST_THROTTLE_MS, 'ms'),
  ),
  hotplugCpus: toggle({
    help: 'bring plugged CPUs online as granted, and take surplus ones offline after a downscale',
  }),
};
export type DecisionValues = ValuesOf<typeof DECISION_FLAGS>;
