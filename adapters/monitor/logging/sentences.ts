/** The monitor's lines as sentences for people; lines without one show their fields as key=value. */
import type { Sentences } from '../../shared/logging/sentence';

export const MONITOR_SENTENCES: Sentences = {
  // At the start.
  'embedded agent': 'embedded agent: {detail}',
  cgroup: 'cgroup: {detail}',
  PSI: 'PSI: {detail}',
  Postgres: 'Postgres: {detail}',
  protection: 'protection: {detail}',
  'flag ignored': '{flag}: not in this version, ignored',
  'open access': 'access: whoever reaches {host} may connect and decide the size of this VM (--insecure)',
  doctor: 'doctor: {verdict}: {check}: {found}; fix: {fix}',
  'own memory': 'own memory: {detail}',
  'protection reduced': 'protection: --protect {protect} is refused, observing only: {reason}',
  'protection stopped': 'protection: nothing will be written: {reason}',
  'protection note': 'protection: {detail}',
  'leftover undone': 'protection: undone, left by an earlier monitor: {detail}',
  'leftover not undone': 'protection: not undone: {detail}',

  // Readings.
  'source lost': 'missing: {source}: {reason}[; instead: {substitute}]',
  'source found': 'present: {source}',
  'OOM kill': 'the OOM killer has ended {kills} in the cgroup',
  'working set unknown': 'file cache: its working set is unknown: {reason}',

  // Size.
  decided: 'decided {desired}: {reason}',
  requested: 'requested {requested}',
  'requested more memory': 'requested more memory',
  granted: 'granted {granted}',
  denied: 'denied {target}: {reason}',
  'memory nears exhaustion':
    'memory nears exhaustion {limitedBy}[ ({reason})]: {leftBytes} left[, enough for {exhaustionMs} at this growth]; then {next} (--protect {protect})',
  'a larger size does not help': 'a larger size does not help: {lacks}; {cure}',

  // The agent.
  'agent connected': 'agent {peer} connected, protocol {version}',
  'agent lost': 'agent lost: {reason}',
  'handshake failed': 'handshake failed: {reason}',
  'closing connection': 'closing the connection ({code}): {reason}',
  'VM info': 'the agent reports:[ granted {granted}][; min {min}][; max {max}][; unit {unit}][; a grant takes {etaMs}]',
  'bad frame': 'bad frame from the agent: {reason}',
  'agent error': 'the agent answered {answer}: {error}',
  'answered with an error': 'answered {answer}: {error}',
  'downscale requested': 'the agent requests a downscale to {target}',
  'downscale approved': 'downscale approved: {status}',
  'downscale refused': 'downscale refused: {status}',

  // Effects.
  'resizing file cache': 'file cache: resizing to {sizeBytes}',
  'file cache connected': 'file cache: connected, at most {maxBytes}',
  'file cache not offered': 'file cache: none to size, checked again every {retryMs}: {reason}',
  'file cache resized': 'file cache: set to {sizeBytes}',
  'file cache failed': 'file cache: {reason}',
  'bringing CPUs online': 'CPUs: bringing {count} online, surplus ones: {surplus}',
  'CPUs online': 'CPUs: {online} are online',
  'CPUs failed': 'CPUs: {reason}',

  // Protection.
  'tripwire tripped': 'tripwire: memory.high was reached and is lifted (armed for {armedMs})',
  'tripwire failed': 'tripwire: {reason}',
  'hard limit failed': 'hard limit: {reason}',
  throttling: 'memory nears exhaustion: throttling the fastest-growing backends, {allowanceBytes} more for each',
  throttled: 'throttled pid {pids}',
  released: 'released the throttled processes after {throttledMs}',
  'throttle failed': 'throttle: {reason}',
  'throttle blocked others': 'released the throttled processes, because others wait for them: {reason}',
  'capping shared memory': 'memory nears exhaustion: capping /dev/shm',
  'shared memory capped': 'capped /dev/shm at {capBytes}: statements that need more fail',
  'shared memory uncapped': 'removed the cap of /dev/shm after {cappedMs}',
  'shm cap failed': 'shm cap: {reason}',
  'cancelling statement': 'memory nears exhaustion and no larger size will come: cancelling the largest statement',
  'statement cancelled': 'cancelled the statement of pid {pid}, which used {rssBytes}',
  'cancel failed': 'cancel: {reason}',
  'foreign limit': 'another process has set {file}[ to {limitBytes}][ to "{limit}"]; it is left as it is',
  'undo failed': '{reason}; retried, and nothing is put in place before',
  'undo completed': 'all that an earlier monitor left is undone',
  'watchdog lifted limits': 'the watchdog process lifted all limits: {reason}',
  'watchdog lost': 'the watchdog process has ended, no limit is set until it runs again: {reason}',

  // The process itself.
  'metrics not served': '{reason}; going without',
  'status not served': '{reason}; vm-monitor status will not find this monitor',
  'service manager': 'service manager: {reason}',
  'heap not collected': 'memory is not given back: {reason}',
};
