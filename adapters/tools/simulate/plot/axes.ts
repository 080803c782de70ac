/** Axes with ticks at round values. */
import type { Axis, Tick } from './plot';

type Range = readonly [min: number, max: number];

/** Of rounding: a tick at 0.1 + 0.2 is one at 0.3. */
const DIGITS = 6;
const rounded = (value: number): number => Number(value.toPrecision(DIGITS));
const numberTick = (value: number): Tick => ({ at: rounded(value), text: String(rounded(value)) });

const ROUND_STEPS = [1, 2, 5, 10];

/** The smallest round step of which no more than `most` fit into the span. */
export const roundStep = (span: number, most: number): number => {
  const least = span / most;
  const decade = 10 ** Math.floor(Math.log10(least));
  return rounded(decade * (ROUND_STEPS.find((step) => step * decade >= least * (1 - 1e-9)) ?? 10));
};

/** All multiples of `step` within the range. */
const multiples = ([min, max]: Range, step: number): readonly Tick[] => {
  const first = Math.ceil(rounded(min / step));
  const last = Math.floor(rounded(max / step));
  return Array.from({ length: last - first + 1 }, (_, i) => numberTick((first + i) * step));
};

/** From 0 to `max`, cut into equal parts: sizes are seldom round numbers. */
export const sizeAxis = (label: string, max: number, parts: number): Axis => ({
  label,
  scale: 'linear',
  min: 0,
  max,
  ticks: Array.from({ length: parts + 1 }, (_, i) => numberTick((max * i) / parts)),
});

const MOST_TICKS = 6;

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

export interface TimeUnit {
  readonly name: string;
  readonly symbol: string;
  readonly seconds: number;
}

/** The first is the one of short traces. */
const TIME_UNITS: readonly (TimeUnit & { readonly leastSpanSeconds: number })[] = [
  { name: 'days', symbol: 'd', seconds: DAY_SECONDS, leastSpanSeconds: 3 * DAY_SECONDS },
  { name: 'hours', symbol: 'h', seconds: HOUR_SECONDS, leastSpanSeconds: 2 * HOUR_SECONDS },
  { name: 'minutes', symbol: 'min', seconds: MINUTE_SECONDS, leastSpanSeconds: 5 * MINUTE_SECONDS },
];
const SECONDS: TimeUnit = { name: 'seconds', symbol: 's', seconds: 1 };

/** In which a span is told with few digits. */
export const timeUnit = (spanSeconds: number): TimeUnit =>
  TIME_UNITS.find(({ leastSpanSeconds }) => spanSeconds >= leastSpanSeconds) ?? SECONDS;

/** From the beginning of a trace to its end. */
export const timeAxis = (spanSeconds: number): Axis => {
  const unit = timeUnit(spanSeconds);
  const max = spanSeconds / unit.seconds;
  return {
    label: `${unit.name} of the trace`,
    scale: 'linear',
    min: 0,
    max,
    ticks: multiples([0, max], roundStep(max, MOST_TICKS)),
  };
};

const rangeOf = (values: readonly number[]): Range => [Math.min(...values), Math.max(...values)];

/** Around 1 and all `ratios`, from a tick to a tick. */
export const ratioAxis = (label: string, ratios: readonly number[]): Axis => {
  const [low, high] = rangeOf([0.95, 1.05, ...ratios]);
  const step = roundStep(high - low, MOST_TICKS);
  const min = rounded(Math.floor(rounded(low / step)) * step);
  const max = rounded(Math.ceil(rounded(high / step)) * step);
  return { label, scale: 'linear', min, max, ticks: multiples([min, max], step) };
};

/** A ratio as "1/100": so many times less than the yardstick's. */
export const ratioText = (ratio: number): string => (ratio < 1 ? `1/${Math.round(1 / ratio)}` : String(ratio));

const powerOfTen = (exponent: number): number => rounded(10 ** exponent);

/** Around 1 and all `ratios`, in whole powers of ten. */
export const logRatioAxis = (label: string, ratios: readonly number[]): Axis => {
  const [low, high] = rangeOf([0.9, 1, ...ratios]);
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => powerOfTen(first + i));
  return {
    label,
    scale: 'log',
    min: powerOfTen(first),
    max: powerOfTen(last),
    ticks: ticks.map((at) => ({ at, text: ratioText(at) })),
  };
};
