/** `vm-monitor agent`: obeys monitors until it is stopped by a signal, with log lines. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { AgentInput, AgentOutput } from '../../machines/agent/events';
import type { LineOf } from '../../machines/shared/events/envelope';
import { loadAgentSettings, type AgentSettings } from '../agent/load';
import { runAgent } from '../agent/run-agent';
import type { Environment } from '../shared/config/environment';
import { agentLine } from '../agent/agent-lines';
import { AGENT_SENTENCES } from '../agent/agent-sentences';
import { EXIT } from './exit-status';
import { logReread } from './reread';
import { handleSignals } from './signals';
import type { Terminal } from './terminal';
import { lineFormat, logLine, untilStopped } from './until-stopped';

type AgentEventLine = LineOf<AgentInput | AgentOutput>;

const run = (
  { config, given }: AgentSettings,
  environment: Environment,
  read: () => Either<string, AgentSettings>,
): Promise<number> =>
  untilStopped({ format: lineFormat(config, environment, AGENT_SENTENCES) }, async (logger) => {
    const stop = handleSignals(logger, () => {
      logReread(given, E.map((now: AgentSettings) => now.given)(read()), logger);
    });
    const observe = (line: AgentEventLine): void => {
      logLine(logger, agentLine(line.event), line);
    };
    const agent = await runAgent(config, stop, { logger, observe });
    await agent.done;
    logger.info('stopped');
  });

export const agentCommand = (
  args: readonly string[],
  environment: Environment,
  terminal: Terminal,
): Promise<number> => {
  const read = () => loadAgentSettings(args, environment);
  const settings = read();
  if (E.isRight(settings)) return run(settings.right, environment, read);
  terminal.err(`vm-monitor agent: ${settings.left}\n`);
  return Promise.resolve(EXIT.refused);
};
