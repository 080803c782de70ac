import { PLOT_MOST_POINTS } from '../../../../adapters/tools/simulate/limits';
import { plotFile } from '../../../../adapters/tools/simulate/plot';
import { PlotPoints } from '../../../../adapters/tools/simulate/plot-points';
import { SIMULATION_DEFAULTS } from '../../../../machines/simulation/setting';

const STEP = { demandCores: 1, demandBytes: 2, cpuShort: 0, memShort: 0 };
const SIZE = { cpu: 4, mem: 16 };

describe('the points of a plot', () => {
  it('are bounded: neighbours are merged, and a peak of a second stays visible', () => {
    const points = new PlotPoints();
    const seconds = 5 * PLOT_MOST_POINTS + 7;
    for (let at = 0; at < seconds; at += 1) points.add(at, { ...STEP, cpuShort: at === 54_321 ? 9 : 0 }, SIZE);
    expect(points.all.length).toBeLessThanOrEqual(PLOT_MOST_POINTS);
    expect(points.all.filter(({ cpuShort }) => cpuShort === 9)).toHaveLength(1);
    const found = points.all.find(({ cpuShort }) => cpuShort === 9)!;
    expect(found.seconds).toBeLessThanOrEqual(54_321);
    expect(54_321 - found.seconds).toBeLessThan(8);
    const times = points.all.map((point) => point.seconds);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('the page', () => {
  const page = () => {
    const plot = plotFile({ path: '/somewhere/a_<b>.csv', policy: 'headroom', options: SIMULATION_DEFAULTS });
    plot.observer.resized(0, SIZE);
    plot.observer.decided(1, SIZE, () => 'because </script> & "so"');
    plot.observer.stepped(0, STEP);
    return plot.text();
  };

  it('stands alone: it loads nothing', () => {
    expect(page()).not.toMatch(/\b(src|href)=/);
    expect(page()).toContain('var uPlot=');
  });

  it('holds demand, size, and each decision with its reason, which cannot break out of its script', () => {
    const text = page();
    expect(text).toContain('const data = {"cpu":[[0],[1],[4],[0]]');
    expect(text).toContain('"reason":"because \\u003c/script> & \\"so\\""');
    expect(text).toContain('<title>a_&lt;b>, headroom</title>');
    expect(text.match(/<\/script>/g)).toHaveLength(2);
  });
});
