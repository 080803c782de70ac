import type { Axis, Panel, Plot, Series } from '../../../../../adapters/tools/simulate/plot/plot';
import { plotSvg } from '../../../../../adapters/tools/simulate/plot/svg';
import { pathsIn, seriesIn, textsIn } from '../../../../support/svg';

const X: Axis = { label: 'hours', scale: 'linear', min: 0, max: 2, ticks: [{ at: 1, text: 'one' }] };
const Y: Axis = { label: 'vCPUs', scale: 'linear', min: 0, max: 4, ticks: [{ at: 2, text: 'two' }] };
const LOG: Axis = { label: 'ratio', scale: 'log', min: 0.01, max: 1, ticks: [{ at: 0.1, text: '1/10' }] };

const series = (given: Partial<Series>): Series => ({
  name: 'a',
  colour: '#123456',
  shape: 'stepped',
  stroke: 'solid',
  points: [],
  ...given,
});

const plotOf = (panels: readonly Panel[], title = ''): Plot => ({
  title,
  rows: [{ title: '', colour: '#000000', panels, notes: [] }],
});

/** One panel of 872 × 310 pixels, its top left corner at (72, 82): below a title and a line of the legend. */
const draw = (one: Series, y: Axis = Y): string => plotSvg(plotOf([{ x: X, y, series: [one] }]));
const [LEFT, WIDTH, TOP, HEIGHT] = [72, 872, 82, 310];

describe('series', () => {
  it('stepped: goes to each x at the value before; what does not change needs no corner', () => {
    const points = [
      [0, 2],
      [0.5, 2],
      [1, 4],
      [2, 4],
    ] as const;
    expect(seriesIn(draw(series({ points })), 'a')).toBe(
      `<path d="M${LEFT} ${TOP + HEIGHT / 2}H${LEFT + WIDTH / 2}V${TOP}H${LEFT + WIDTH}" stroke="#123456" stroke-width="1.5"/>`,
    );
  });

  it('area: closes down to the axis', () => {
    const points = [
      [0, 1],
      [2, 1],
    ] as const;
    expect(seriesIn(draw(series({ shape: 'area', points })), 'a')).toContain(
      `d="M${LEFT} ${TOP + (3 * HEIGHT) / 4}H${LEFT + WIDTH}V${TOP + HEIGHT}H${LEFT}Z" fill="#123456"`,
    );
  });

  it.each([
    ['solid', []],
    ['dashed', ['6 3', '6 3']],
    ['dotted', ['2 3', '2 3']],
  ] as const)('a %s curve is drawn so, in the panel and in the legend', (stroke, dashes) => {
    const svg = draw(
      series({
        shape: 'curve',
        stroke,
        points: [
          [1, 1],
          [2, 0.1],
        ],
      }),
      LOG,
    );
    expect([...svg.matchAll(/stroke-dasharray="([^"]*)"/g)].map(([, dash]) => dash)).toEqual(dashes);
  });

  it('curve: straight from point to point, each of them marked, also backwards; dashed where it is to be', () => {
    const points = [
      [1, 1],
      [2, 0.1],
      [0, 0.01],
    ] as const;
    const svg = seriesIn(draw(series({ shape: 'curve', stroke: 'dashed', points }), LOG), 'a');
    expect(svg).toContain(
      `<path d="M${LEFT + WIDTH / 2} ${TOP}L${LEFT + WIDTH} ${TOP + HEIGHT / 2}L${LEFT} ${TOP + HEIGHT}"`,
    );
    expect(svg).toContain('stroke-dasharray="6 3"');
    expect(svg.match(/<circle /g)).toHaveLength(3);
    expect(svg).toContain(`<circle cx="${LEFT}" cy="${TOP + HEIGHT}"`);
  });

  it('mark: a point, with its name above it', () => {
    const svg = plotSvg(plotOf([{ x: X, y: Y, series: [series({ shape: 'mark', points: [[1, 2]] })] }]));
    // No legend, so the panel begins a line higher.
    const [x, y] = [LEFT + WIDTH / 2, TOP - 20 + HEIGHT / 2];
    expect(seriesIn(svg, 'a')).toContain(`<circle cx="${x}" cy="${y}"`);
    expect(svg).toMatch(new RegExp(`<text x="${x}" y="${y - 7}"[^>]* text-anchor="middle"[^>]*>a</text>`));
    expect(textsIn(svg).filter((text) => text === 'a')).toHaveLength(1);
  });

  it('beyond the axis: at its end', () => {
    const points = [
      [0, 99],
      [2, 99],
    ] as const;
    expect(seriesIn(draw(series({ points })), 'a')).toContain(`M${LEFT} ${TOP}H`);
  });

  it('without points: nothing', () => {
    expect(seriesIn(draw(series({})), 'a')).toBe('');
  });
});

describe('the picture', () => {
  const panel = { x: X, y: Y, series: [series({ points: [[0, 1]] })] };

  it('has ticks where they belong, and the labels of the axes', () => {
    const svg = draw(series({}));
    expect(svg).toContain(`<path d="M${LEFT} ${TOP + HEIGHT / 2}h${WIDTH}"`);
    expect(svg).toContain(`<path d="M${LEFT + WIDTH / 2} ${TOP + HEIGHT}v5"`);
    expect(textsIn(svg)).toEqual(expect.arrayContaining(['one', 'two', 'hours', 'vCPUs']));
  });

  it('shows the x axis below the lowest row only, and each name once in the legend', () => {
    const rows = ['first', 'second'].map((title) => ({ title, colour: '#00ff00', panels: [panel, panel], notes: [] }));
    const texts = textsIn(plotSvg({ title: 'both', rows }));
    const count = (text: string): number => texts.filter((one) => one === text).length;
    expect(['both', 'first', 'second', 'a', 'hours', 'vCPUs'].map(count)).toEqual([1, 1, 1, 1, 2, 4]);
  });

  it('puts panels beside each other and rows below each other, with room for them', () => {
    const rows = Array.from({ length: 8 }, () => ({
      title: 'r',
      colour: '#00ff00',
      panels: [panel, panel],
      notes: [],
    }));
    const svg = plotSvg({ title: '', rows });
    const frames = pathsIn(svg).flatMap((d) => /^M([\d.]+) ([\d.]+)v84h392$/.exec(d)?.slice(1, 3).map(Number) ?? []);
    expect(frames).toHaveLength(2 * 16);
    expect(new Set(frames.filter((_, i) => i % 2 === 0))).toEqual(new Set([72, 552]));
    const lowest = Math.max(...frames.filter((_, i) => i % 2 === 1)) + 84;
    expect(svg).toContain(`height="${lowest + 44}"`);
  });

  it('takes as many lines for the legend as the names need', () => {
    const long = ['a', 'b', 'c'].map((letter) => series({ name: letter.repeat(50), points: [[0, 1]] }));
    const svg = plotSvg(plotOf([{ x: X, y: Y, series: long }]));
    const places = [...svg.matchAll(/<text x="(\d+)" y="(\d+)"[^>]*>[abc]{50}/g)].map(([, x, y]) => [x, y]);
    expect(places.map(([x]) => x)).toEqual(['104', '512', '104']);
    expect(Number(places[2]![1]) - Number(places[0]![1])).toBe(20);
  });

  it('brings its own background and loads and runs nothing', () => {
    const svg = draw(series({ points: [[0, 1]] }));
    expect(svg).toMatch(/<rect width="960" height="\d+" fill="#ffffff"\/>/);
    expect(svg).not.toMatch(/script|href|url\(|@import|style/);
  });

  it('takes any text for what it is', () => {
    const hostile = '</text><script>"&amp;"</script>';
    const svg = plotSvg(
      plotOf([{ x: { ...X, label: hostile }, y: Y, series: [series({ name: hostile, points: [[0, 1]] })] }], hostile),
    );
    expect(svg).not.toContain('<script');
    expect(textsIn(svg).filter((text) => text === hostile)).toHaveLength(3);
    expect(seriesIn(svg, hostile)).toContain('<path');
  });
});
