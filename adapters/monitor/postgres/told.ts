/** Reasons as they leave this module. Secrets first: one that is cut or escaped would not be found any more. */
import { dsnSecrets } from '../../shared/config/texts/dsn';
import { createRedactor } from '../../shared/logging/redact';
import { shortLine } from './failure';

/** @param dsn whose passwords are hidden */
export const createReasonText = (dsn: string): ((reason: string) => string) => {
  const redact = createRedactor(dsnSecrets(dsn));
  return (reason) => shortLine(redact(reason));
};
