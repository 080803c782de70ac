/** Keeps secrets out of what we print. */

/** What stands where a secret was. */
export const HIDDEN = '***';

/** Shorter secrets would blot out ordinary words; they are still hidden where they are known to stand. */
const SHORTEST_REDACTED_CHARS = 4;

/** A function that replaces every configured secret in a text. */
export const createRedactor = (secrets: readonly string[]): ((text: string) => string) => {
  const hidden = secrets
    .filter((secret) => secret.length >= SHORTEST_REDACTED_CHARS)
    // Longest first, or a secret that contains another would leave its rest behind.
    .sort((a, b) => b.length - a.length);
  return (text) => hidden.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
};
