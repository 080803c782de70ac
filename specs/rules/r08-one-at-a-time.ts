/** R8: one agent. Frames go to it alone, others are not heard, and one that is replaced is closed once. */
import { contextAfter, contextBefore, everyStep, framesOf, type TraceStep } from './trace';

const closedBy = ({ step }: TraceStep): string[] =>
  step.outputs.flatMap((output) =>
    output.type === 'command.issued' && output.command.type === 'connection.close' ? [output.command.conn] : [],
  );

const strangerAnswered = (step: TraceStep): string | null => {
  const agent = contextAfter(step).conn?.id;
  const stranger = framesOf(step).find(({ conn }) => conn !== agent);
  return stranger === undefined ? null : `sent ${stranger.type} to ${stranger.conn}, the agent is ${agent ?? 'nobody'}`;
};

const strangerHeard = (step: TraceStep): string | null => {
  const { input } = step;
  if (input.type !== 'frame.received' || input.conn === contextBefore(step).conn?.id) return null;
  return step.step.outputs.length === 0 ? null : `a frame of ${input.conn}, which is not the agent, had effects`;
};

const replacedStays = (step: TraceStep): string | null => {
  const old = contextBefore(step).conn;
  if (step.input.type !== 'agent.connected' || old === null) return null;
  return closedBy(step).join() === old.id ? null : `${old.id} was replaced, but closed were: ${closedBy(step).join()}`;
};

export const r08OneAtATime = everyStep(
  'R8',
  (step) => strangerAnswered(step) ?? strangerHeard(step) ?? replacedStays(step),
);
