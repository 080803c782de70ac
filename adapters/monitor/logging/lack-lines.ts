/** The warning that memory is short for want of what no larger size gives: logged once when that begins, with its cure. */
import type { EngineState } from '../../../machines/monitor/engine/state';
import type { Lack } from '../../../machines/monitor/statechart/context';
import { lackWords } from '../../../machines/monitor/status/words';
import { warning, type EventLine } from '../../shared/logging/event-line';
import type { Logger } from '../../shared/logging/logger';

export const lackLine = (lack: Lack): EventLine =>
  warning('a larger size does not help', {
    of: lack.of,
    ...(lack.path === null ? {} : { path: lack.path }),
    ...lackWords(lack),
  });

/** @returns takes each new state: the statechart keeps a lack for as long as it is the same one */
export const watchLack = (logger: Pick<Logger, 'warn'>): ((state: Pick<EngineState, 'statechart'>) => void) => {
  let logged: Lack | null = null;
  return ({ statechart: { context } }) => {
    const { lack } = context;
    if (lack === logged) return;
    const isNews = lack !== null && (lack.of !== logged?.of || lack.path !== logged.path);
    logged = lack;
    if (!isNews) return;
    const { msg, fields } = lackLine(lack);
    logger.warn(msg, fields);
  };
};
