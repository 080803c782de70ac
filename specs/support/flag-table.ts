/** The table of flags as Markdown, for docs/operating.md. */
import { environmentName, longName } from '../../machines/shared/config/flag';
import { FLAG_KEYS, FLAGS, type FlagKey } from '../../adapters/monitor/config/flags';

const HEAD = ['flag', 'default', 'meaning', 'environment'];

const cellsOf = (key: FlagKey): string[] => {
  const { short, value, default: otherwise, help } = FLAGS[key];
  const names = [...(short === undefined ? [] : [`-${short}`]), `--${longName(key)}`].join(', ');
  const flag = `\`${names}${value === '' ? '' : ` ${value}`}\``;
  return [flag, otherwise, help, `\`${environmentName(key)}\``].map((cell) => cell.replaceAll('|', '\\|'));
};

/** Columns are padded as the formatter of this repository pads them. */
export const flagTable = (): string => {
  const rows = [HEAD, ...FLAG_KEYS.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  const [head = '', ...body] = rows.map(line);
  return [head, rule, ...body].join('\n');
};
