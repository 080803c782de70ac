/**
 * The one table of flags. The command line, the environment, the config file, startMonitor's
 * options, the help text and docs/operating.md are all made from it. Its order is that of the help.
 */
import { EVENT_LOG_MAX, LOG_FORMAT, LOG_TIME, SIZE_FLAGS } from '../../shared/config/common-flags';
import { keysOf, list, optional, single, toggle, type KeyOf, type ValuesOf } from '../../shared/config/flag';
import { dsn } from '../../shared/config/texts/dsn';
import { endpoint } from '../../shared/config/texts/endpoint';
import { size } from '../../shared/config/texts/size';
import { cgroupName, network, oneOf, origin, path, wholeNumber } from '../../shared/config/texts/words';

/** A throttle is counted per 30 s, so it cannot last longer. */
const MOST_THROTTLE_MS = 30_000;

export const FLAGS = {
  addr: single(
    {
      short: 'a',
      value: 'HOST:PORT',
      default: '127.0.0.1:10301',
      help: 'websocket server for the agent, path /monitor',
    },
    endpoint,
  ),
  cgroup: optional(
    { short: 'c', value: 'NAME', default: 'none', help: 'cgroup v2 path below the mount, e.g. neon-postgres' },
    cgroupName,
  ),
  pgconnstr: optional(
    {
      short: 'p',
      value: 'DSN',
      default: 'none',
      help: 'Postgres whose file cache we size; its password is never logged',
      secret: true,
    },
    dsn,
  ),
  fileCacheOnDisk: toggle({
    help: 'the file cache lies on disk: reserve 256 MiB for the rest, not 640 MiB, and do not count it as memory',
  }),
  policy: single(
    { value: 'NAME', default: 'headroom', help: 'what decides the size: headroom, goal-cu or sliding-max' },
    oneOf('headroom', 'goal-cu', 'sliding-max'),
  ),
  ...SIZE_FLAGS,
  maxSize: optional(
    {
      value: 'CPU,MEM',
      default: 'none',
      help: 'largest size, rounded down to whole units; none: the agent reports it, or partial grants show it',
    },
    size,
  ),
  sizeFrom: single(
    {
      value: 'kernel|agent',
      default: 'kernel',
      help: 'what shows that a grant has arrived: the size that the kernel shows, or the message of the agent (virtual sizes)',
    },
    oneOf('kernel', 'agent'),
  ),
  scaleRequests: single(
    {
      value: 'auto|always|never',
      default: 'auto',
      help: 'requests with an amount: auto where the agent understands them, always, or never (UpscaleRequest only)',
    },
    oneOf('auto', 'always', 'never'),
  ),
  protect: single(
    {
      value: 'observe|tripwire|throttle|full',
      default: 'tripwire',
      help: 'what may be written: nothing; memory.high as early warning; also throttle the fastest-growing backends; also cap /dev/shm and cancel',
    },
    oneOf('observe', 'tripwire', 'throttle', 'full'),
  ),
  hardLimit: toggle({ help: 'also set memory.max, so that the cgroup fails before the VM does' }),
  throttleMaxMs: single(
    { value: 'N', default: '5000', help: 'longest throttle of the fastest-growing backends in any 30 s, in ms' },
    wholeNumber(0, MOST_THROTTLE_MS, 'ms'),
  ),
  eventLog: optional(
    {
      value: 'DIR|none',
      default: 'the state directory',
      help: 'event log for replay; state directory: $STATE_DIRECTORY, else /var/lib/vm-monitor, else XDG state',
    },
    path,
  ),
  eventLogMax: EVENT_LOG_MAX,
  inspect: optional({ value: 'HOST:PORT', default: 'off', help: 'visualizer and its stream, read-only' }, endpoint),
  metrics: optional({ value: 'HOST:PORT', default: 'off', help: 'metrics as Prometheus text' }, endpoint),
  allowPeer: list(
    { value: 'CIDR', default: 'any', help: 'networks that may connect; may be given several times' },
    network,
  ),
  agentTokenFile: optional(
    { value: 'FILE', default: 'none', help: 'the agent must send the token in this file as "Authorization: Bearer"' },
    path,
  ),
  insecure: toggle({ help: 'allow a non-loopback address without token and peers' }),
  allowOrigin: list(
    {
      value: 'ORIGIN',
      default: 'none',
      help: 'Origin headers that are not refused with 403; may be given several times',
    },
    origin,
  ),
  hotplugCpus: toggle({
    help: 'bring plugged CPUs online as granted, and take surplus ones offline after a downscale',
  }),
  requireCgroup: toggle({ help: 'exit 1 when the cgroup cannot be used, rather than go on without it' }),
  cgroupRoot: single({ value: 'DIR', default: '/sys/fs/cgroup', help: 'where cgroup v2 is mounted (for tests)' }, path),
  procRoot: single({ value: 'DIR', default: '/proc', help: 'where proc is mounted (for tests)' }, path),
  sysRoot: single({ value: 'DIR', default: '/sys', help: 'where sysfs is mounted (for tests)' }, path),
  logFormat: LOG_FORMAT,
  logTime: LOG_TIME,
  embeddedAgent: toggle({
    help: 'start a small in-process agent that grants what is requested: a virtual size, needs --size-from agent',
  }),
  config: optional(
    { value: 'FILE', default: 'none', help: 'JSON: keys are the flags in camelCase, values their texts' },
    path,
  ),
};

export type FlagKey = KeyOf<typeof FLAGS>;
export type FlagValues = ValuesOf<typeof FLAGS>;

/** In the order of the table. */
export const FLAG_KEYS = keysOf(FLAGS);
