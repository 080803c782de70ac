/** `vm-monitor agent`: obeys monitors until SIGTERM or SIGINT, told in log lines. */
import * as E from 'fp-ts/Either';
import type { AgentInput, AgentOutput } from '../../machines/agent/events';
import type { LineOf } from '../../machines/events/envelope';
import type { AgentConfig } from '../agent/agent-config';
import { loadAgentConfig } from '../agent/load';
import { runAgent } from '../agent/run-agent';
import type { Surroundings } from '../config/surroundings';
import { agentLine } from '../logging/agent-lines';
import { createLogger, type Logger } from '../logging/logger';
import { createOutput } from '../logging/output';
import { within } from '../within';
import { EXIT } from './exit-status';
import { stopSignal } from './stop-signal';
import type { Terminal } from './terminal';

const STDOUT = 1;
/** A reader that does not read must not keep us from ending. */
const FLUSH_MS = 200;

const sayEvent = (logger: Logger, { logFormat }: AgentConfig, line: LineOf<AgentInput | AgentOutput>): void => {
  const { seq, at, event } = line;
  const said = agentLine(event);
  if (said === null) return;
  const details = event.type === 'grant.decided' ? { target: event.target, parts: event.parts } : {};
  logger[said.level](said.msg, logFormat === 'pretty' ? {} : { event: event.type, seq, at, ...details });
};

const run = async (config: AgentConfig): Promise<number> => {
  const output = createOutput(STDOUT);
  const logger = createLogger({ format: config.logFormat, write: output.writeLine, clock: Date.now });
  const observe = (line: LineOf<AgentInput | AgentOutput>): void => {
    sayEvent(logger, config, line);
  };
  try {
    const agent = await runAgent(config, stopSignal(), { logger, observe });
    await agent.done;
    logger.info('stopped');
    return EXIT.ok;
  } catch (error) {
    logger.error(error instanceof Error ? error.message : String(error));
    return EXIT.failed;
  } finally {
    await within(output.flushed(), FLUSH_MS);
  }
};

export const agentCommand = (
  args: readonly string[],
  surroundings: Surroundings,
  terminal: Terminal,
): Promise<number> => {
  const config = loadAgentConfig(args, surroundings);
  if (E.isRight(config)) return run(config.right);
  terminal.err(`vm-monitor agent: ${config.left}\n`);
  return Promise.resolve(EXIT.refused);
};
