/** The lines that the monitor and the agent both write, as sentences. */
import type { Sentences } from './sentence';

export const COMMON_SENTENCES: Sentences = {
  failed: 'failed: {reason}',
  stopping: 'stopping: {reason}',
  'signal ignored': '{signal} is not used: ignored',
  'configuration unchanged': 'SIGHUP: the configuration has not changed',
  'configuration changed': 'SIGHUP: the configuration has changed, which needs a restart: {keys}',
  'configuration unusable': 'SIGHUP: the configuration cannot be used, a restart would fail: {reason}',
  'no event log': 'no event log: {reason}',
  'event log': 'event log: {detail}',
  'event log broken': 'event log: broken, events are being lost: {reason}',
  'no monitor': '{vm}: no monitor: {reason}',
  hypervisor: '{vm}: {detail}',
};
