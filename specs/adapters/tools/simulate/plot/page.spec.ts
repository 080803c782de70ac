import { alignedColumns, plotPage } from '../../../../../adapters/tools/simulate/plot/page';
import type { Axis, Point, Series } from '../../../../../adapters/tools/simulate/plot/plot';

const series = (name: string, points: readonly Point[], shape: Series['shape'] = 'stepped'): Series => ({
  name,
  colour: '#123456',
  shape,
  stroke: 'solid',
  points,
});
const axis = (label: string): Axis => ({ label, scale: 'linear', min: 0, max: 1, ticks: [] });

describe('columns', () => {
  it('hold at each x of any series the value that is in force; nothing before the first', () => {
    const early = series('early', [
      [0, 1],
      [3, 2],
    ]);
    const late = series('late', [
      [1, 10],
      [2, 1 / 3],
    ]);
    expect(alignedColumns([early, late])).toEqual([
      [0, 1, 2, 3],
      [1, 1, 1, 2],
      [null, 10, 0.333333, 0.333333],
    ]);
  });

  it('keep the later of two values at one moment, and moments a second apart in a trace of years', () => {
    const days = (seconds: number): number => 3_650 + seconds / 86_400;
    const [xs, values] = alignedColumns([
      series('a', [
        [days(0), 1],
        [days(0), 2],
        [days(1), 3],
      ]),
    ]);
    expect(new Set(xs).size).toBe(2);
    expect(values).toEqual([2, 3]);
  });
});

describe('the page', () => {
  const hostile = 'because </script> & "so"';
  const panel = {
    x: axis('hours'),
    y: axis('GiB'),
    series: [series('short', [[0, 4]], 'area'), series('size', [[0, 8]])],
  };
  const page = plotPage({
    title: 'a_<b>',
    rows: [{ title: 'headroom', colour: '#000000', panels: [panel], notes: [{ x: 0, text: hostile }] }],
  });

  it('stands alone: it loads nothing', () => {
    expect(page).not.toMatch(/\b(src|href)=/);
    expect(page).toContain('var uPlot=');
  });

  it('holds the series of the plot by their names and colours, with the labels of its axes', () => {
    const data = /^const rows = (.*);$/m.exec(page)![1]!;
    expect(JSON.parse(data)).toEqual([
      {
        title: 'headroom',
        panels: [
          {
            x: 'hours',
            y: 'GiB',
            series: [
              { label: 'short', stroke: '#123456', fill: '#12345644' },
              { label: 'size', stroke: '#123456' },
            ],
            columns: [[0], [4], [8]],
          },
        ],
        notes: [{ x: 0, text: hostile }],
      },
    ]);
  });

  it('is not broken out of by a text', () => {
    expect(page).toContain('"text":"because \\u003c/script> & \\"so\\""');
    expect(page).toContain('<title>a_&lt;b></title>');
    expect(page.match(/<\/script>/g)).toHaveLength(2);
  });
});
