/** How an agent's log is folded again; the rest is machines/shared/core/replay.ts. */
import * as E from 'fp-ts/Either';
import { foldingFrom, type Folding, type LogRole } from '../shared/core/replay';
import type { LogOpened } from '../shared/events/envelope';
import { createAgentEngine } from './engine';
import { AgentLine, isAgentOutput, type AgentInput, type AgentOutput } from './events';
import { continueAgent, saveAgent } from './save';
import { AgentSetup, type AgentState } from './state';

const open = (head: LogOpened): E.Either<string, Folding<AgentInput, AgentOutput>> => {
  const setup = AgentSetup.decode(head.config['engine']);
  if (E.isLeft(setup)) return E.left('log.opened has no configuration that this build knows');
  const engine = createAgentEngine(setup.right);
  return E.map((begun: AgentState) => foldingFrom(engine, saveAgent, begun))(
    head.state === null ? E.right(engine.initial) : continueAgent(engine, head.state),
  );
};

/** The log of an agent. */
export const AGENT_LOG: LogRole<AgentInput, AgentOutput> = {
  name: 'agent',
  line: AgentLine,
  isOutput: isAgentOutput,
  open,
};
