/** Texts from outside, made safe for a terminal. */

/**
 * Control characters (C0, DEL, C1), which move cursors and set colours; line and paragraph separators; marks that
 * turn the direction of what follows, so that a line reads as another one.
 */
const STEERING = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Each character that would steer the terminal as `\u001b`; one line in, one line out. */
export const printable = (text: string): string => text.replace(STEERING, escaped);
