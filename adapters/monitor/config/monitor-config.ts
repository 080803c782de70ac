/** The settings of a monitor, understood and checked: bytes, vCPUs, milliseconds. Plain JSON. */
import * as E from 'fp-ts/Either';
import type { SizingRules } from '../../../machines/shared/sizing';
import { checkedSizing } from '../../../machines/monitor/config/setup';
import type { FlagKey, FlagValues } from './flags';
import { runtimeDirectory, stateDirectory } from '../../shared/config/directories';
import type { Environment } from '../../shared/config/environment';
import { dsnSecrets, redactDsn } from '../../shared/config/texts/dsn';
import { isLoopback } from '../../shared/config/texts/endpoint';

/** A flag that is fine alone but not with the others. */
export interface Clash {
  readonly key: FlagKey;
  readonly expected: string;
}

/** Flags that stand in the settings in another form, or not at all. */
const TRANSFORMED = [
  ...(['computeUnit', 'independent', 'minSize', 'maxSize', 'eventLog', 'eventLogMax'] as const),
  ...(['allowPeer', 'allowOrigin', 'logFormat', 'config'] as const),
] as const;

type Untransformed = Omit<FlagValues, (typeof TRANSFORMED)[number]>;

export interface MonitorConfig extends Untransformed {
  readonly sizing: SizingRules;
  /** null: no event log. */
  readonly eventLogDir: string | null;
  readonly eventLogMaxBytes: number;
  /** CIDR blocks; empty: any peer. */
  readonly allowPeers: readonly string[];
  /** Empty: a request with an Origin header is refused. */
  readonly allowOrigins: readonly string[];
  /** For the status socket, and the intent record of limits in force. */
  readonly runtimeDir: string;
  readonly logFormat: 'json' | 'pretty';
}

const untransformed = (flags: FlagValues): Untransformed =>
  // All but what the type leaves out.
  Object.fromEntries(
    Object.entries(flags).filter(([key]) => !TRANSFORMED.some((name) => name === key)),
  ) as Untransformed;

const eventLogDir = ({ eventLog }: FlagValues, process: Environment): string | null => {
  if (eventLog === null) return stateDirectory(process);
  return eventLog === 'none' ? null : eventLog;
};

const withSizing = (flags: FlagValues, sizing: SizingRules, process: Environment): MonitorConfig => ({
  ...untransformed(flags),
  sizing,
  eventLogDir: eventLogDir(flags, process),
  eventLogMaxBytes: flags.eventLogMax,
  allowPeers: flags.allowPeer,
  allowOrigins: flags.allowOrigin,
  runtimeDir: runtimeDirectory(process),
  logFormat: flags.logFormat ?? (process.stdoutIsTerminal ? 'pretty' : 'json'),
});

/** Others than this machine may reach it, and nothing distinguishes the agent from them. */
export const isOpenToAll = ({ addr, agentTokenFile, allowPeers }: MonitorConfig): boolean =>
  !isLoopback(addr.host) && agentTokenFile === null && allowPeers.length === 0;

/** Left when flags contradict each other. */
export const monitorConfig = (flags: FlagValues, process: Environment): E.Either<Clash, MonitorConfig> => {
  const sizing = checkedSizing(flags);
  if (E.isLeft(sizing)) return sizing;
  if (flags.embeddedAgent && flags.sizeFrom !== 'agent') {
    return E.left({ key: 'sizeFrom', expected: 'agent, because the embedded agent grants virtual sizes' });
  }
  const config = withSizing(flags, sizing.right, process);
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
