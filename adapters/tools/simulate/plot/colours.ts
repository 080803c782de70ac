/** Colours that people with any sight can tell apart (Okabe and Ito, 2008), on white: every plot brings its own background. */

const POLICY_COLOURS: ReadonlyMap<string, string> = new Map([
  ['goal-cu', '#d55e00'],
  ['sliding-max', '#cc79a7'],
  ['reactive', '#0072b2'],
  ['headroom', '#009e73'],
  ['oracle', '#333333'],
  ['vpa', '#e69f00'],
  ['static-p99.5', '#56b4e9'],
]);

/** Of policies that are seldom plotted. */
const OTHER_POLICY = '#7a5195';

/** The same in all plots. */
export const policyColour = (policy: string): string => POLICY_COLOURS.get(policy) ?? OTHER_POLICY;

export const BACKGROUND = '#ffffff';
export const TEXT_COLOUR = '#333333';
export const GRID_COLOUR = '#dbdee4';
export const DEMAND_MEAN_COLOUR = '#8c8c8c';
export const DEMAND_PEAK_COLOUR = '#cccccc';
export const SHORTAGE_COLOUR = '#b2182b';
