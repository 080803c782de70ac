/**
 * The one table of flags. The command line, the environment, the config file, startMonitor's
 * options, the help text and docs/operating.md are all made from it. Its order is that of the help.
 */
import { EVENT_LOG_MAX, LOG_FORMAT, LOG_TIME } from '../../shared/config/common-flags';
import { DECISION_FLAGS } from '../../../machines/monitor/config/flags';
import {
  keysOf,
  list,
  optional,
  single,
  toggle,
  type KeyOf,
  type ValuesOf,
} from '../../../machines/shared/config/flag';
import { dsn } from '../../shared/config/texts/dsn';
import { endpoint, network } from '../../shared/config/texts/endpoint';
import { cgroupName, origin, path } from '../../../machines/shared/config/texts/words';

/** Its place in the help is among what concerns the guest. */
const { hotplugCpus, ...DECIDING } = DECISION_FLAGS;

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
  ...DECIDING,
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
  hotplugCpus,
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
