/** The name that a mistyped one may have meant. */

/** Insertions, deletions and replacements of one character that lead from `a` to `b` (Levenshtein). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line += 1) {
    const above = row;
    row = [line];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (a[line - 1] === b[column - 1] ? 0 : 1);
      row.push(Math.min(replaced, (above[column] ?? 0) + 1, (row[column - 1] ?? 0) + 1));
    }
  }
  return row[b.length] ?? 0;
};

/** One slip in three characters: beyond that it is another word. */
const CHARS_PER_SLIP = 3;
/** Longer ones are no names of ours. */
const MAX_NAME_CHARS = 64;

/** @returns `; did you mean X?`, or '' where no allowed name is near */
export const didYouMean = (name: string, allowed: readonly string[]): string => {
  if (name.length > MAX_NAME_CHARS) return '';
  const near = allowed
    .map((word) => ({ word, slips: distance(name, word) }))
    .filter(({ word, slips }) => slips <= word.replace(/^-+/, '').length / CHARS_PER_SLIP)
    .sort((a, b) => a.slips - b.slips);
  const [best] = near;
  return best === undefined ? '' : `; did you mean ${best.word}?`;
};
