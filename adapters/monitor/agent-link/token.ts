/** The agent's token: compared in constant time, and kept out of the log. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { hideSecret } from '../../shared/logging/redact';

const BEARER = /^Bearer +(\S+)$/i;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** True when `header` is `Bearer <token>`. Digests are compared, so that neither length nor prefix shows in time. */
export const bearsToken = (header: string | undefined, token: string): boolean => {
  const offered = BEARER.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(offered), digest(token));
};

/** @returns a function that puts *** in the place of the token. */
export const tokenRedactor = (token: string | null): ((text: string) => string) =>
  token === null ? (text) => text : hideSecret(token);
