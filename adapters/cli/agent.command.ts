/** `vm-monitor agent`: obeys monitors until it is stopped by a signal, with log lines. */
import * as E from 'fp-ts/Either';
import type { AgentInput, AgentOutput } from '../../machines/agent/events';
import type { LineOf } from '../../machines/shared/events/envelope';
import { agentLine } from '../agent/agent-lines';
import { AGENT_SENTENCES } from '../agent/agent-sentences';
import { loadAgentSettings, type AgentSettings } from '../agent/load';
import { runAgent } from '../agent/run-agent';
import { refuse, type CliCommand } from './command';
import { lineFormat, logLine, untilStopped } from './until-stopped';

export const agentCommand: CliCommand = async (args, environment, terminal) => {
  const settings = loadAgentSettings(args, environment);
  if (E.isLeft(settings)) return refuse(terminal, 'vm-monitor agent', settings.left);
  const { config, given } = settings.right;
  const reread = () => E.map((now: AgentSettings) => now.given)(loadAgentSettings(args, environment));
  const format = lineFormat(config, environment, AGENT_SENTENCES);
  return untilStopped({ format, given, reread }, async (logger, stop) => {
    const observe = (line: LineOf<AgentInput | AgentOutput>): void => {
      logLine(logger, agentLine(line.event), line);
    };
    const agent = await runAgent(config, stop, { logger, observe });
    await agent.done;
    logger.info('stopped');
  });
};
