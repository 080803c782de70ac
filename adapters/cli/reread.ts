/** SIGHUP: reads the configuration again and says what a restart would change. Nothing takes effect before it. */
import { isDeepStrictEqual } from 'node:util';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { Logger } from '../shared/logging/logger';

type Values = Readonly<Record<string, unknown>>;

/** Names only: values may be passwords. */
const changedKeys = (running: Values, read: Values): readonly string[] =>
  Object.keys(read).filter((key) => !isDeepStrictEqual(running[key], read[key]));

/**
 * @param running the settings by their keys as they were at the start
 * @param read the same, as a start would have them now; Left: why it would be refused
 */
export const logReread = (running: Values, read: Either<string, Values>, logger: Logger): void => {
  if (E.isLeft(read)) {
    logger.warn('configuration unusable', { reason: read.left });
    return;
  }
  const keys = changedKeys(running, read.right);
  if (keys.length === 0) logger.info('configuration unchanged');
  else logger.warn('configuration changed', { keys });
};
