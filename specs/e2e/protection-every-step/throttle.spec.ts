/** A hold: memory is about to end, so the growers are held and shared memory is capped, until a grant relieves. */
import { everyMoment } from './every-moment';

everyMoment('throttle', {
  steps: [
    'replace note',
    'make throttle',
    'write throttle/memory.high',
    'write throttle/cgroup.procs',
    'write cgroup.procs',
    'write sub/cgroup.procs',
    'remove throttle',
    'remount shared memory',
    'remove note',
  ],
  story: ['command throttle.start', 'throttle.started', 'command throttle.end', 'throttle.ended'],
});
