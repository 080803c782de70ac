/** How deeply the lists and objects of a JSON text lie within one another, found without recursion. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Index right after the text that begins at the quote `start`. */
const afterText = (json: string, start: number): number => {
  for (let i = start + 1; i < json.length; i += 1) {
    const code = json.charCodeAt(i);
    if (code === BACKSLASH) i += 1;
    else if (code === QUOTE) return i + 1;
  }
  return json.length;
};

/** True when more than `maxLevels` are open at once. Text that is no JSON gets some answer. */
export const isNestedDeeper = (json: string, maxLevels: number): boolean => {
  let levels = 0;
  for (let i = 0; i < json.length;) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) {
      i = afterText(json, i);
      continue;
    }
    if (OPENING.has(code)) levels += 1;
    else if (CLOSING.has(code)) levels -= 1;
    if (levels > maxLevels) return true;
    i += 1;
  }
  return false;
};
