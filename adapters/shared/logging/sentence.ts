/**
 * Sentences for people, by the kind of line (its `msg`). `{field}` stands for a field's value; a part in [brackets]
 * is left out when a field in it is missing.
 */
export type Sentences = Readonly<Record<string, string>>;

const PART = /\[([^\]]*)\]|\{(\w+)\}/g;
const FIELD = /\{(\w+)\}/g;

/** @param textOf null for a field that is not there */
export const fillSentence = (sentence: string, textOf: (field: string) => string | null): string =>
  // One pass, so that brackets and braces in the values stay what they are.
  sentence.replace(PART, (_whole, part: string | undefined, field: string | undefined) => {
    if (part === undefined) return textOf(field ?? '') ?? 'unknown';
    const fields = [...part.matchAll(FIELD)].map(([, name = '']) => name);
    const isThere = fields.every((name) => textOf(name) !== null);
    return isThere ? part.replace(FIELD, (_field, name: string) => textOf(name) ?? '') : '';
  });
