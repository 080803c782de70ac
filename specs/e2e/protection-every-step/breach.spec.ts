/** A breach: use grows, the tripwire is armed and trips, and more is asked for. */
import { everyMoment } from './every-moment';

everyMoment('breach', {
  steps: [
    'replace note',
    'hold memory.high',
    'read memory.current',
    'write memory.high',
    'lift memory.high',
    'remove note',
  ],
  // Where the machine is so busy that a beat sees it before the notification does, nothing trips.
  story: ['tripwire.armed', 'memory.high.reached', 'frame ScaleRequest'],
});
