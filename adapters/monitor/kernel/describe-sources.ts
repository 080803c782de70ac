/** One line for each source, for the start of the monitor and the doctor. */
import type { RawSample } from '../../../streams/raw-sample';
import { sourceStates } from '../../../streams/source-states';

export const describeSources = (sample: RawSample): readonly string[] =>
  sourceStates(sample).map(({ source, state }) => {
    if (state === null)
      return `${source}: ${sample.cgroupNamed ? 'not needed, the cgroup has its own' : 'no cgroup is named'}`;
    return state._tag === 'Right' ? `${source}: present` : `${source}: missing (${state.left})`;
  });
