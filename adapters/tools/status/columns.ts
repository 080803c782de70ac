/** Text for terminals of 80 columns: a label, then text that wraps under itself. */

import { printable } from '../../shared/logging/printable';

const WIDTH = 80;
const LABEL_WIDTH = 10;
const TEXT_WIDTH = WIDTH - LABEL_WIDTH;

/** Words of one line each; one that is longer than a line is cut in pieces. */
const words = (text: string): readonly string[] =>
  text.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${TEXT_WIDTH}}`, 'gu')) ?? []);

const wrap = (text: string): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of words(text)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (Array.from(longer).length > TEXT_WIDTH) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
};

/** One row of the page. Reasons of agents and servers come from outside, so it is made printable. The label stands before its first line only. */
export const row = (label: string, text: string): string =>
  wrap(printable(text))
    .map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`.trimEnd())
    .join('\n');
