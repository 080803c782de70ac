/** How a policy looks in all pictures: colours that people with any sight can tell apart (Okabe and Ito, 2008). */

const COLOURS: ReadonlyMap<string, string> = new Map([
  ['goal-cu', '#d55e00'],
  ['sliding-max', '#cc79a7'],
  ['reactive', '#0072b2'],
  ['headroom', '#009e73'],
  ['oracle', '#333333'],
  ['vpa', '#e69f00'],
  ['static-p99.5', '#56b4e9'],
]);

export const colourOf = (policy: string): string => {
  const colour = COLOURS.get(policy);
  if (colour === undefined) throw new Error(`policy ${policy} has no colour`);
  return colour;
};

export const DEMAND_COLOUR = '#8c8c8c';
export const FLUTTER_COLOUR = '#d4d4d4';
export const TEXT_COLOUR = '#333333';
