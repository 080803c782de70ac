/**
 * A small agent in the monitor's own process, so that `make run` shows decisions and grants without
 * a hypervisor. It talks over a real websocket like any agent, and grants within its bounds.
 */
import type { Size } from '../../machines/events';
import { downscaleInFlight, type DownscaleInFlight } from './downscale';
import type { EmbeddedAgentEvent } from './events';
import { converse, type Conversation } from './conversation';
import { reactTo } from './reactions';
import type { SessionTarget } from '../agent-session/session';
import { TIMING, type Timing } from './timing';
import { virtualVm, type VmRules, type VmVoice } from './virtual-vm';

type Tell = (event: EmbeddedAgentEvent) => void;

/** Where to connect, the VM to play, and whom to tell. */
export interface EmbeddedAgentOptions extends SessionTarget, VmRules {
  readonly onEvent: Tell;
}

export interface EmbeddedAgent {
  /** Closes the connection; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Puts what the VM does into frames for the monitor and events for our owner. */
const voiceOf = (say: Conversation['say'], downscale: DownscaleInFlight, tell: Tell): VmVoice => ({
  resized: (size) => {
    tell({ type: 'granted', size });
  },
  notifyUpscale: (granted) => {
    say('UpscaleNotification', { granted });
  },
  requestDownscale: (target) => {
    downscale.sent(say('DownscaleRequest', { target }));
  },
  deny: (target, reason) => {
    say('ScaleDenied', { target, reason });
    tell({ type: 'denied', target, reason });
  },
  shrinkRefused: (target, status) => {
    tell({ type: 'shrink.refused', target, status });
  },
});

/** Starts at once and keeps connecting until it is stopped. `timing` other than the default is for tests. */
export const startEmbeddedAgent = (options: EmbeddedAgentOptions, timing: Timing = TIMING): EmbeddedAgent => {
  const { min, max, unit, onEvent } = options;

  const trouble = (error: string): void => {
    onEvent({ type: 'trouble', error });
  };
  const downscale = downscaleInFlight(timing.answerMs, () => {
    vm.downscaleAnswered(false, `no answer within ${timing.answerMs} ms`);
  });
  const vm = virtualVm(
    options,
    voiceOf((type, content) => conversation.say(type, content), downscale, onEvent),
  );
  const wish = (target: Size): void => {
    onEvent({ type: 'wished', target });
    vm.wish(target);
  };
  const forget = (): void => {
    downscale.forget();
    vm.forget();
  };
  const conversation = converse(options, timing, {
    onConnected: (version) => {
      onEvent({ type: 'connected', version });
      conversation.say('VmInfo', { granted: vm.size(), min, max, unit });
    },
    onFrame: reactTo({
      wish,
      wishMore: () => {
        const { cpu, mem } = vm.size();
        wish({ cpu: cpu + unit.cpu, mem: mem + unit.mem });
      },
      answered: (id, ok, status) => {
        if (downscale.settles(id)) vm.downscaleAnswered(ok, status);
      },
      complained: trouble,
    }),
    onUnreadable: trouble,
    onLost: (reason, retryInMs) => {
      forget();
      onEvent({ type: 'disconnected', reason, retryInMs });
    },
  });
  return {
    stop: () => {
      forget();
      return conversation.stop();
    },
  };
};
