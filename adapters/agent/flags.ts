/**
 * The flags of `vm-monitor agent`, in two tables: those of the agent, and those of each VM. On the command
 * line the n-th value of each list belongs to the n-th VM; in --config the VMs are objects in "vms".
 */
import { EVENT_LOG_MAX, LOG_FORMAT, LOG_TIME, SIZE_FLAGS } from '../shared/config/common-flags';
import { list, optional, single, type ValuesOf } from '../shared/config/flag';
import { size } from '../shared/config/texts/size';
import { path, wholeNumber } from '../shared/config/texts/words';
import * as E from 'fp-ts/Either';
import type { TextReader } from '../shared/config/texts/text-reader';

const urlOf = (text: string): URL | null => {
  try {
    return new URL(text);
  } catch {
    return null; // The reader says what is allowed.
  }
};

/** Reads an address of a monitor or of metrics. */
const withProtocol =
  (protocols: readonly string[], allowed: string): TextReader<string> =>
  (text) =>
    protocols.includes(urlOf(text)?.protocol ?? '') ? E.right(text) : E.left(allowed);

const monitorUrl = withProtocol(['ws:', 'wss:'], 'a websocket address such as ws://127.0.0.1:10301/monitor');
const httpUrl = withProtocol(['http:', 'https:'], 'an address such as http://10.0.0.5:9100/metrics');

/** Names stand in log lines and as keys: short, and without spaces. */
const vmName: TextReader<string> = (text) =>
  /^[\w.:[\]-]{1,64}$/.test(text) && text !== '__proto__'
    ? E.right(text)
    : E.left('a name of up to 64 letters, digits and . : _ - [ ]');

/** Of a reserve: more than any host has VMs. */
const RESERVE_UNITS_MOST = 1024;

/** What is given once for all VMs. */
export const HOST_FLAGS = {
  capacity: optional(
    { value: 'CPU,MEM', default: 'none', help: 'what all VMs together may have, in vCPU and bytes' },
    size,
  ),
  reserveUnits: optional(
    {
      value: 'N',
      default: 'one for every 8 VMs',
      help: 'compute units of the capacity that are kept for VMs at risk; 0: none',
    },
    wholeNumber(0, RESERVE_UNITS_MOST, 'compute units'),
  ),
  ...SIZE_FLAGS,
  maxSize: optional(
    { value: 'CPU,MEM', default: 'what the hypervisor allows', help: 'largest size, rounded down to whole units' },
    size,
  ),
  initialSize: optional(
    { value: 'CPU,MEM', default: 'the smallest size', help: 'of a VM without a hypervisor, when the agent starts' },
    size,
  ),
  tokenFile: optional(
    { value: 'FILE', default: 'none', help: 'the token in this file is sent to monitors as "Authorization: Bearer"' },
    path,
  ),
  eventLog: optional(
    {
      value: 'DIR|none',
      default: 'agent/ in the state directory',
      help: 'event log for replay; state directory: $STATE_DIRECTORY, else /var/lib/vm-monitor, else XDG state',
    },
    path,
  ),
  eventLogMax: EVENT_LOG_MAX,
  logFormat: LOG_FORMAT,
  logTime: LOG_TIME,
};

const MONITOR = { value: 'URL', default: 'none', help: 'its monitor: ws://HOST:PORT/monitor' };
const NAME = { value: 'NAME', default: 'HOST:PORT of its monitor', help: 'its name in logs' };
const QMP = { value: 'PATH', default: 'none', help: "QEMU's QMP socket; none: no hypervisor, sizes are only recorded" };
const CGROUP = { value: 'DIR', default: 'none', help: 'cgroup of its QEMU process, for fractions of a vCPU (cpu.max)' };
const METRICS = {
  value: 'URL',
  default: 'none',
  help: 'its metrics as Prometheus text, for a monitor that sends no ScaleRequests',
};

/** A VM in --config. */
export const VM_FLAGS = {
  monitor: single(MONITOR, monitorUrl),
  name: optional(NAME, vmName),
  qmp: optional(QMP, path),
  qemuCgroup: optional(CGROUP, path),
  metricsUrl: optional(METRICS, httpUrl),
  minSize: SIZE_FLAGS.minSize,
  maxSize: HOST_FLAGS.maxSize,
  initialSize: HOST_FLAGS.initialSize,
};
export type VmValues = ValuesOf<typeof VM_FLAGS>;

/** The same on the command line. */
export const VM_LISTS = {
  monitor: list({ ...MONITOR, help: `${MONITOR.help}; once for each VM` }, monitorUrl),
  vm: list({ ...NAME, help: `${NAME.help}, in the order of --monitor` }, vmName),
  qmp: list({ ...QMP, help: `${QMP.help}; in the order of --monitor` }, path),
  qemuCgroup: list({ ...CGROUP, help: `${CGROUP.help}; in the order of --monitor` }, path),
  metricsUrl: list({ ...METRICS, help: `${METRICS.help}; in the order of --monitor` }, httpUrl),
};

/** All that may stand on the command line. */
export const AGENT_FLAGS = {
  ...VM_LISTS,
  ...HOST_FLAGS,
  config: optional(
    { value: 'FILE', default: 'none', help: 'JSON: keys are the flags in camelCase, and "vms", an array of VMs' },
    path,
  ),
};
export type AgentValues = ValuesOf<typeof AGENT_FLAGS>;
