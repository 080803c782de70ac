import {
  logRatioAxis,
  ratioAxis,
  ratioText,
  roundStep,
  sizeAxis,
  timeAxis,
} from '../../../../../adapters/tools/simulate/plot/axes';
import type { Axis } from '../../../../../adapters/tools/simulate/plot/plot';

const texts = ({ ticks }: Axis): readonly string[] => ticks.map(({ text }) => text);

it.each([
  [10, 5, 2],
  [2, 6, 0.5],
  [0.7, 6, 0.2],
  [24, 6, 5],
  [1.2, 6, 0.2],
])('cuts a span of %d into at most %d parts of %d', (span, most, step) => {
  expect(roundStep(span, most)).toBe(step);
});

it.each([
  [60, 'seconds of the trace', ['0', '10', '20', '30', '40', '50', '60']],
  [1_800, 'minutes of the trace', ['0', '5', '10', '15', '20', '25', '30']],
  [7_200, 'hours of the trace', ['0', '0.5', '1', '1.5', '2']],
  [14 * 86_400, 'days of the trace', ['0', '5', '10']],
])('tells the time of %d s as %s', (seconds, label, ticks) => {
  const axis = timeAxis(seconds);
  expect(axis).toMatchObject({ label, min: 0 });
  expect(texts(axis)).toEqual(ticks);
});

it('cuts sizes into equal parts, to the largest', () => {
  expect(sizeAxis('vCPUs', 3.5, 2)).toEqual({
    label: 'vCPUs',
    scale: 'linear',
    min: 0,
    max: 3.5,
    ticks: [
      { at: 0, text: '0' },
      { at: 1.75, text: '1.75' },
      { at: 3.5, text: '3.5' },
    ],
  });
});

it('has ratios between round values, and 1 among them', () => {
  const axis = ratioAxis('cost', [0.85, 1.71]);
  expect(axis).toMatchObject({ min: 0.8, max: 1.8 });
  expect(texts(axis)).toEqual(['0.8', '1', '1.2', '1.4', '1.6', '1.8']);
  expect(ratioAxis('cost', [])).toMatchObject({ min: 0.94, max: 1.06 });
});

it('has ratios over many magnitudes between powers of ten', () => {
  const axis = logRatioAxis('short', [12, 1 / 2207]);
  expect(axis).toMatchObject({ scale: 'log', min: 1e-4, max: 100 });
  expect(texts(axis)).toEqual(['1/10000', '1/1000', '1/100', '1/10', '1', '10', '100']);
  expect(texts(logRatioAxis('short', []))).toEqual(['1/10', '1']);
});

it.each([
  [1, '1'],
  [10, '10'],
  [0.001, '1/1000'],
])('tells the ratio %d as %s', (ratio, text) => {
  expect(ratioText(ratio)).toBe(text);
});
