/** How an agent's log is folded again; the rest is machines/shared/core/replay.ts. */
import * as E from 'fp-ts/Either';
import { foldingFrom, type Folding, type LogRole } from '../shared/core/replay';
import type { DecisionOf } from '../shared/core/replay-tally';
import type { LogOpened } from '../shared/events/envelope';
import { createAgentEngine, type AgentEngine } from './engine';
import { AgentLine, isAgentOutput, type AgentInput, type AgentOutput } from './events';
import { continueAgent, saveAgent } from './save';
import { AgentSetup, type AgentState } from './state';

/** The engine that wrote a log, in the state that the head bears. Left: why this build cannot use it. */
export const openAgent = (
  head: LogOpened,
): E.Either<string, { readonly engine: AgentEngine; readonly begun: AgentState }> => {
  const setup = AgentSetup.decode(head.config['engine']);
  if (E.isLeft(setup)) return E.left('log.opened has no configuration that this build knows');
  const engine = createAgentEngine(setup.right);
  const begun = head.state === null ? E.right(engine.initial) : continueAgent(engine, head.state);
  return E.map((state: AgentState) => ({ engine, begun: state }))(begun);
};

const open = (head: LogOpened): E.Either<string, Folding<AgentInput, AgentOutput>> =>
  E.map(({ engine, begun }: { readonly engine: AgentEngine; readonly begun: AgentState }) =>
    foldingFrom(engine, saveAgent, begun),
  )(openAgent(head));

/** The log of an agent. */
export const AGENT_LOG: LogRole<AgentInput, AgentOutput> = {
  name: 'agent',
  line: AgentLine,
  isOutput: isAgentOutput,
  open,
};

export const grantDecision: DecisionOf<AgentOutput> = (output) =>
  output.type === 'grant.decided' ? { vm: output.vm, desired: output.target, reason: output.reason } : null;
