/** An upscale while the tripwire and the hard limit stand: the limits go first. */
import { everyMoment } from './every-moment';

everyMoment('upscale', {
  steps: [
    'replace note',
    'write memory.high',
    'write memory.max',
    'lift memory.high',
    'lift memory.max',
    'remove note',
  ],
  story: [
    'tripwire.armed',
    'frame UpscaleNotification',
    'command tripwire.lift',
    'command limits.apply max',
    'frame UpscaleConfirmation',
    'command limits.apply',
    'limits.applied',
  ],
});
