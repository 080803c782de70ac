/** Log lines as people read them on a terminal, without time and level. */
import { AGENT_SENTENCES } from '../../adapters/agent/agent-sentences';
import { MONITOR_SENTENCES } from '../../adapters/monitor/logging/sentences';
import { COMMON_SENTENCES } from '../../adapters/shared/logging/common-sentences';
import type { EventLine } from '../../adapters/shared/logging/event-line';
import { createLogger } from '../../adapters/shared/logging/logger';
import type { Sentences } from '../../adapters/shared/logging/sentence';

/** `12:00:00.000 info  `, without colours. */
const HEAD_CHARS = 19;

export const MONITOR_WORDS: Sentences = { ...COMMON_SENTENCES, ...MONITOR_SENTENCES };

export const AGENT_WORDS: Sentences = { ...COMMON_SENTENCES, ...AGENT_SENTENCES };

export const sentenceOf = ({ level, msg, fields }: EventLine, sentences: Sentences): string => {
  const lines: string[] = [];
  const logger = createLogger({
    format: { sentences, colours: 'none', time: 'utc' },
    clock: () => 0,
    write: (line) => lines.push(line),
  });
  logger[level](msg, fields);
  return lines.join('\n').slice(HEAD_CHARS);
};
