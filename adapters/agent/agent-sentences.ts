/** The agent's lines as sentences for people; each begins with the name of the VM. */
import type { Sentences } from '../shared/logging/sentence';

export const AGENT_SENTENCES: Sentences = {
  decided: '{vm}: decided {target}: {reason}',
  granted: '{vm}: granted {granted}',
  denied: '{vm}: denied: {reason}',
  'VM info': '{vm}: reported to the monitor: granted {granted}',
  'size requested': '{vm}: the monitor requests {requested}',
  'more memory requested': '{vm}: the monitor requests more memory',
  'requesting downscale': '{vm}: requesting a downscale to {target} from the monitor',
  'downscale approved': '{vm}: the monitor approves: {status}',
  'downscale refused': '{vm}: the monitor refuses: {status}',
  'monitor error': '{vm}: the monitor answered {answer}: {error}',
  'requesting memory': '{vm}: requesting {totalBytes} in all from the hypervisor',
  'requesting CPUs': '{vm}: requesting {vcpus} vCPU in all from the hypervisor',
  'closing connection': '{vm}: closing the connection: {reason}',
  'monitor connected': '{vm}: connected to the monitor, protocol {version}',
  'monitor lost': '{vm}: monitor lost: {reason}',
  'hypervisor failed': '{vm}: hypervisor: {reason}',
  'metrics failed': '{vm}: metrics: {reason}',
  'no ScaleRequest': '{vm}: no ScaleRequest for {waitedMs}: sized by its metrics again',
  'answer overdue': '{vm}: the monitor does not answer; requested again in {retryMs}',
};
