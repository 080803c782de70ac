/** The settings of an agent, from flags that have been read one by one. A Left is one line. */
import * as E from 'fp-ts/Either';
import { join } from 'node:path';
import type { VmConfig } from '../../machines/agent/context';
import type { AgentSetup } from '../../machines/agent/state';
import type { Size } from '../../machines/shared/events/size';
import { repeatedName, reserveOf, vmConfig } from '../../machines/agent/config/setup';
import { stateDirectory } from '../shared/config/directories';
import type { Environment } from '../shared/config/environment';
import type { AgentValues, VmValues } from './flags';

/** How one VM is reached. */
export interface VmPlace {
  readonly name: string;
  readonly monitorUrl: string;
  readonly qmp: string | null;
  readonly qemuCgroup: string | null;
  readonly metricsUrl: string | null;
  /** Of a VM without a hypervisor: its size at the start, and how long a change takes. */
  readonly initial: Size;
  readonly delayMs: number;
}

export interface AgentConfig {
  readonly setup: AgentSetup;
  readonly places: readonly VmPlace[];
  readonly tokenFile: string | null;
  readonly eventLogDir: string | null;
  readonly eventLogMaxBytes: number;
  readonly logFormat: 'json' | 'pretty';
  readonly logTime: 'utc' | 'local';
}

/** `none` holds the place of a VM that has no such thing. */
const nth = (values: readonly string[], index: number): string | null => {
  const value = values[index];
  return value === undefined || value === 'none' ? null : value;
};

/** The VMs of the command line: the n-th value of each list. */
export const vmsOfLists = (flags: AgentValues): E.Either<string, readonly VmValues[]> => {
  const { monitor, minSize, maxSize, initialSize } = flags;
  const tooLong = (['vm', 'qmp', 'qemuCgroup', 'metricsUrl'] as const).find(
    (key) => flags[key].length > monitor.length,
  );
  if (tooLong !== undefined) return E.left(`${tooLong}: more values than --monitor has`);
  return E.right(
    monitor.map((url, index) => ({
      monitor: url,
      name: nth(flags.vm, index),
      qmp: nth(flags.qmp, index),
      qemuCgroup: nth(flags.qemuCgroup, index),
      metricsUrl: nth(flags.metricsUrl, index),
      ...{ minSize, maxSize, initialSize },
    })),
  );
};

interface OneVm {
  readonly config: VmConfig;
  readonly place: VmPlace;
}

/** A VM that is only a number has no bounds of its own: the capacity bounds it. */
const largest = (host: AgentValues, vm: VmValues): Size | null =>
  vm.maxSize ?? host.maxSize ?? (vm.qmp === null ? host.capacity : null);

const oneVm =
  (host: AgentValues) =>
  (vm: VmValues): E.Either<string, OneVm> => {
    const { monitor, qmp, qemuCgroup, metricsUrl } = vm;
    const name = vm.name ?? new URL(monitor).host;
    const config = vmConfig(host, {
      name,
      minSize: vm.minSize,
      maxSize: largest(host, vm),
      metrics: metricsUrl !== null,
    });
    if (E.isLeft(config)) return config;
    const { sizing } = config.right;
    if (qmp === null && sizing.max === null) {
      return E.left(`maxSize of ${name}: expected a size (or --capacity), for without a hypervisor nothing bounds it`);
    }
    const initial = vm.initialSize ?? host.initialSize ?? sizing.min;
    return E.right({
      config: config.right,
      place: { name, monitorUrl: monitor, qmp, qemuCgroup, metricsUrl, initial, delayMs: 0 },
    });
  };

const eventLogDir = ({ eventLog }: AgentValues, environment: Environment): string | null => {
  // Not the monitor's own directory: both may run on one machine, and neither reads the other's log.
  if (eventLog === null) return join(stateDirectory(environment), 'agent');
  return eventLog === 'none' ? null : eventLog;
};

export const agentConfig = (
  host: AgentValues,
  given: readonly VmValues[],
  environment: Environment,
): E.Either<string, AgentConfig> => {
  if (given.length === 0) return E.left('--monitor: expected at least one, such as ws://127.0.0.1:10301/monitor');
  const vms = E.traverseArray(oneVm(host))(given);
  if (E.isLeft(vms)) return vms;
  const configs = vms.right.map(({ config }) => config);
  const twice = repeatedName(configs);
  if (twice !== undefined) return E.left(`--vm ${JSON.stringify(twice)}: expected another name for each VM`);
  return E.right({
    setup: { capacity: host.capacity, reserve: reserveOf(host, given.length), vms: configs },
    places: vms.right.map(({ place }) => place),
    tokenFile: host.tokenFile,
    eventLogDir: eventLogDir(host, environment),
    eventLogMaxBytes: host.eventLogMax,
    logFormat: host.logFormat ?? (environment.stdoutIsTerminal ? 'pretty' : 'json'),
    logTime: host.logTime,
  });
};
