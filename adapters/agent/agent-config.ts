/** The settings of an agent, from flags that have been read one by one. A Left is one line. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { join } from 'node:path';
import type { VmConfig } from '../../machines/agent/context';
import type { AgentSetup } from '../../machines/agent/state';
import type { Size } from '../../machines/shared/events/size';
import { unitsOf } from '../../machines/shared/sizing';
import { sizingRules } from '../shared/config/sizing-rules';
import { stateDirectory } from '../shared/config/state-directory';
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

type HostValues = Omit<AgentValues, 'monitor' | 'vm' | 'qmp' | 'qemuCgroup' | 'metricsUrl' | 'config'>;

/** `none` holds the place of a VM that has no such thing. */
const nth = (values: readonly string[], index: number): string | null => {
  const value = values[index];
  return value === undefined || value === 'none' ? null : value;
};

/** The VMs of the command line: the n-th value of each list. */
export const vmsOfLists = (flags: AgentValues): Either<string, readonly VmValues[]> => {
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
const largest = (host: HostValues, vm: VmValues): Size | null =>
  vm.maxSize ?? host.maxSize ?? (vm.qmp === null ? host.capacity : null);

const oneVm =
  (host: HostValues) =>
  (vm: VmValues): Either<string, OneVm> => {
    const { monitor, qmp, qemuCgroup, metricsUrl } = vm;
    const name = vm.name ?? new URL(monitor).host;
    const { computeUnit, independent } = host;
    const maxSize = largest(host, vm);
    const rules = sizingRules({ computeUnit, independent, minSize: vm.minSize ?? host.minSize, maxSize });
    if (E.isLeft(rules)) return E.left(`${rules.left.key} of ${name}: expected ${rules.left.expected}`);
    if (qmp === null && rules.right.max === null) {
      return E.left(`maxSize of ${name}: expected a size (or --capacity), for without a hypervisor nothing bounds it`);
    }
    const initial = vm.initialSize ?? host.initialSize ?? rules.right.min;
    return E.right({
      config: { name, sizing: rules.right, metrics: metricsUrl !== null },
      place: { name, monitorUrl: monitor, qmp, qemuCgroup, metricsUrl, initial, delayMs: 0 },
    });
  };

/**
 * Two units for 16 VMs: with them none of the VMs of specs/machines/agent/fleet.spec.ts runs out of memory; with none a
 * VM at risk waits until another has given up a unit, which takes longer than a grant. Few VMs are seldom at risk
 * together, and a unit is a large part of a small host.
 */
const VMS_A_RESERVED_UNIT = 8;

const reserveOf = ({ computeUnit, reserveUnits }: HostValues, vms: number): Size => {
  const units = reserveUnits ?? Math.floor(vms / VMS_A_RESERVED_UNIT);
  return unitsOf(computeUnit, units, units);
};

const eventLogDir = ({ eventLog }: HostValues, { environment, homeDir, canHoldFiles }: Environment): string | null => {
  // Not the monitor's own directory: both may run on one machine, and neither reads the other's log.
  if (eventLog === null) return join(stateDirectory(environment, homeDir, canHoldFiles), 'agent');
  return eventLog === 'none' ? null : eventLog;
};

export const agentConfig = (
  host: HostValues,
  given: readonly VmValues[],
  environment: Environment,
): Either<string, AgentConfig> => {
  if (given.length === 0) return E.left('--monitor: expected at least one, such as ws://127.0.0.1:10301/monitor');
  const vms = E.traverseArray(oneVm(host))(given);
  if (E.isLeft(vms)) return vms;
  const names = vms.right.map(({ config }) => config.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return E.left(`--vm ${JSON.stringify(twice)}: expected another name for each VM`);
  return E.right({
    setup: {
      capacity: host.capacity,
      reserve: reserveOf(host, given.length),
      vms: vms.right.map(({ config }) => config),
    },
    places: vms.right.map(({ place }) => place),
    tokenFile: host.tokenFile,
    eventLogDir: eventLogDir(host, environment),
    eventLogMaxBytes: host.eventLogMax,
    logFormat: host.logFormat ?? (environment.stdoutIsTerminal ? 'pretty' : 'json'),
    logTime: host.logTime,
  });
};
