/** A downscale while the hard limit stands: it is allowed first, and the limit follows. */
import { everyMoment } from './every-moment';

everyMoment('downscale', {
  steps: ['replace note', 'write memory.max', 'lift memory.max', 'remove note'],
  story: [
    'limits.applied',
    'frame DownscaleRequest',
    'frame DownscaleResult',
    'command limits.apply',
    'limits.applied',
  ],
});
