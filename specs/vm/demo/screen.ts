/**
 * What the demo shows. On a terminal: lines that scroll, and below them a picture that is drawn anew with each
 * sample. Elsewhere plain lines only: one every few seconds, and the picture once at the end.
 */
import { formatBytes } from '../../../machines/shared/format';
import { drawChart, type Frame } from './chart';
import { EXPECTED_MS, LINE_MS } from './limits';
import type { Sample, Seen } from './sample';

export interface Screen {
  /** What adds lines of somebody, with the time at their head. */
  readonly voiceOf: (who: string) => (text: string) => void;
  /** Adds what was seen. */
  readonly show: (observed: Seen) => void;
  /** Adds the picture for good; no more is shown after it, only said. */
  readonly finish: () => void;
}

/** To the first column, so many lines up; then all below is cleared (ECMA-48: CPL, ED). */
const clearLines = (count: number): string => (count === 0 ? '' : `\x1b[${count}F\x1b[J`);

const ROWS = 10;
const PLAIN_COLUMNS = 100;

const secondsText = (ms: number): string => `${(ms / 1000).toFixed(0).padStart(4)} s`;

const statusText = ({ sizeBytes, cpus, useBytes, wishBytes }: Sample): string =>
  `size ${formatBytes(sizeBytes)}, ${cpus} vCPU online; in use ${formatBytes(useBytes)}; desired ${formatBytes(wishBytes)}`;

const LEGEND = '█ in use, ─ size';

/** @param topBytes the largest size */
export const createScreen = (output: NodeJS.WriteStream, topBytes: number): Screen => {
  const startMs = performance.now();
  const samples: Sample[] = [];
  let drawn = 0;
  let linedAtMs = -Infinity;
  const now = (): number => performance.now() - startMs;
  const columns = (): number => (output.isTTY ? output.columns : PLAIN_COLUMNS);

  const picture = (): readonly string[] => {
    const frame: Frame = { columns: columns(), rows: ROWS, topBytes, spanMs: EXPECTED_MS };
    return ['', ...drawChart(samples, frame), LEGEND];
  };
  const line = (atMs: number, text: string): string => {
    const whole = `${secondsText(atMs)}  ${text}`;
    // A line that wraps would make the count of lines wrong.
    return output.isTTY ? whole.slice(0, columns()) : whole;
  };
  const live = (): readonly string[] => {
    const last = samples.at(-1);
    return last === undefined ? [] : [...picture(), line(last.atMs, statusText(last))];
  };
  const write = (added: readonly string[], below: readonly string[]): void => {
    output.write(clearLines(drawn) + [...added, ...below].map((text) => `${text}\n`).join(''));
    drawn = below.length;
  };

  return {
    voiceOf: (who) => (text) => {
      write([line(now(), `${who.padEnd(8)} ${text}`)], drawn > 0 ? live() : []);
    },
    show: (observed) => {
      const sample = { ...observed, atMs: now() };
      samples.push(sample);
      if (output.isTTY) write([], live());
      else if (sample.atMs >= linedAtMs + LINE_MS) {
        write([line(sample.atMs, statusText(sample))], []);
        linedAtMs = sample.atMs;
      }
    },
    finish: () => {
      write([...picture(), ''], []);
    },
  };
};
