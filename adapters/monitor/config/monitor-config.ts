/** The settings of a monitor, understood and checked: bytes, vCPUs, milliseconds. Plain JSON. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { SizingRules } from '../../../machines/shared/sizing';
import type { FlagKey, FlagValues, PolicyFlag } from './flags';
import { checkedSizing } from '../../../machines/monitor/config/setup';
import { dsnSecrets, redactDsn } from '../../shared/config/texts/dsn';
import { isLoopback, type Endpoint } from '../../shared/config/texts/endpoint';

/** A flag that is fine alone but not with the others. */
export interface Clash {
  readonly key: FlagKey;
  readonly expected: string;
}

export interface MonitorConfig {
  readonly addr: Endpoint;
  readonly cgroup: string | null;
  readonly pgconnstr: string | null;
  readonly fileCacheOnDisk: boolean;
  readonly policy: PolicyFlag;
  readonly sizing: SizingRules;
  readonly sizeFrom: FlagValues['sizeFrom'];
  readonly scaleRequests: FlagValues['scaleRequests'];
  readonly protect: FlagValues['protect'];
  readonly hardLimit: boolean;
  readonly throttleMaxMs: number;
  /** null: no event log. */
  readonly eventLogDir: string | null;
  readonly eventLogMaxBytes: number;
  readonly inspect: Endpoint | null;
  readonly metrics: Endpoint | null;
  /** CIDR blocks; empty: any peer. */
  readonly allowPeers: readonly string[];
  /** Its content is read by the server, not here. */
  readonly agentTokenFile: string | null;
  /** Whoever reaches `addr` may connect, although it is no loopback address. */
  readonly insecure: boolean;
  /** Empty: a request with an Origin header is refused. */
  readonly allowOrigins: readonly string[];
  /** For the status socket, and the intent record of limits in force. */
  readonly runtimeDir: string;
  readonly hotplugCpus: boolean;
  readonly requireCgroup: boolean;
  readonly cgroupRoot: string;
  readonly procRoot: string;
  readonly sysRoot: string;
  readonly logFormat: 'json' | 'pretty';
  readonly logTime: FlagValues['logTime'];
  readonly embeddedAgent: boolean;
}

/** What the defaults depend on. */
export interface Defaults {
  /** Asked only when the event log is not named. */
  readonly stateDirectory: () => string;
  readonly runtimeDirectory: () => string;
  readonly logFormat: MonitorConfig['logFormat'];
}

const eventLogDir = (eventLog: string | null, defaults: Defaults): string | null => {
  if (eventLog === null) return defaults.stateDirectory();
  return eventLog === 'none' ? null : eventLog;
};

const withSizing = (flags: FlagValues, sizing: SizingRules, defaults: Defaults): MonitorConfig => ({
  addr: flags.addr,
  cgroup: flags.cgroup,
  pgconnstr: flags.pgconnstr,
  fileCacheOnDisk: flags.fileCacheOnDisk,
  policy: flags.policy,
  sizing,
  sizeFrom: flags.sizeFrom,
  scaleRequests: flags.scaleRequests,
  protect: flags.protect,
  hardLimit: flags.hardLimit,
  throttleMaxMs: flags.throttleMaxMs,
  eventLogDir: eventLogDir(flags.eventLog, defaults),
  eventLogMaxBytes: flags.eventLogMax,
  inspect: flags.inspect,
  metrics: flags.metrics,
  allowPeers: flags.allowPeer,
  agentTokenFile: flags.agentTokenFile,
  insecure: flags.insecure,
  allowOrigins: flags.allowOrigin,
  runtimeDir: defaults.runtimeDirectory(),
  hotplugCpus: flags.hotplugCpus,
  requireCgroup: flags.requireCgroup,
  cgroupRoot: flags.cgroupRoot,
  procRoot: flags.procRoot,
  sysRoot: flags.sysRoot,
  logFormat: flags.logFormat ?? defaults.logFormat,
  logTime: flags.logTime,
  embeddedAgent: flags.embeddedAgent,
});

/** Others than this machine may reach it, and nothing distinguishes the agent from them. */
export const isOpenToAll = ({
  addr,
  agentTokenFile,
  allowPeers,
}: Pick<MonitorConfig, 'addr' | 'agentTokenFile' | 'allowPeers'>): boolean =>
  !isLoopback(addr.host) && agentTokenFile === null && allowPeers.length === 0;

/** Left when flags contradict each other. */
export const monitorConfig = (flags: FlagValues, defaults: Defaults): Either<Clash, MonitorConfig> => {
  const sizing = checkedSizing(flags);
  if (E.isLeft(sizing)) return sizing;
  if (flags.embeddedAgent && flags.sizeFrom !== 'agent') {
    return E.left({ key: 'sizeFrom', expected: 'agent, because the embedded agent grants virtual sizes' });
  }
  const config = withSizing(flags, sizing.right, defaults);
  if (isOpenToAll(config) && !config.insecure) {
    return E.left({
      key: 'addr',
      expected:
        'a loopback address (127.0.0.1, [::1], localhost), or who may connect: --agent-token-file or --allow-peer ' +
        '(or --insecure, if whoever reaches it may decide the size of this VM)',
    });
  }
  return E.right(config);
};

/** For the event log: the same settings without passwords. */
export const redactedConfig = (config: MonitorConfig): Record<string, unknown> => ({
  ...config,
  pgconnstr: config.pgconnstr === null ? null : redactDsn(config.pgconnstr),
});

/** Texts that no log line may contain. The agent's token is not among them: the server reads it later. */
export const configuredSecrets = (config: MonitorConfig): readonly string[] =>
  config.pgconnstr === null ? [] : dsnSecrets(config.pgconnstr);
