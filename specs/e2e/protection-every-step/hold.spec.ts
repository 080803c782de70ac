/** A hold: memory is about to end, so the growers are held and shared memory is capped, until a grant relieves. */
import { everyMoment } from './every-moment';

everyMoment('hold', {
  steps: [
    'replace note',
    'make brake',
    'write brake/memory.high',
    'write brake/cgroup.procs',
    'write cgroup.procs',
    'write sub/cgroup.procs',
    'remove brake',
    'remount shared memory',
    'remove note',
  ],
  story: ['command hold.start', 'hold.started', 'command hold.end', 'hold.ended'],
});
