/** Cost against shortage: policies as points, and curves of one policy from tight to wide. */
import { FRONTIERS, type Frontier } from '../../../../machines/simulation/frontiers';
import { scoreRun, scoreOf, type Result, type Score } from '../../../../machines/simulation/score';
import { YARDSTICK } from '../../../../machines/simulation/policies-under-test';
import { logRatioAxis, ratioAxis } from './axes';
import { policyColour, TEXT_COLOUR } from './colours';
import type { Panel, Plot, Point, Series, Stroke } from './plot';

interface Curve extends Pick<Series, 'name' | 'colour' | 'shape' | 'stroke'>, Pick<Frontier, 'resource'> {
  readonly scores: readonly Score[];
}

interface Resource {
  readonly resource: 'cpu' | 'memory';
  readonly name: string;
  readonly costOf: (score: Score) => number | null;
  readonly shortOf: (score: Score) => number | null;
}

const RESOURCES: readonly Resource[] = [
  { resource: 'cpu', name: 'CPU', costOf: ({ cpuCost }) => cpuCost, shortOf: ({ cpuShort }) => cpuShort },
  { resource: 'memory', name: 'memory', costOf: ({ memCost }) => memCost, shortOf: ({ memShort }) => memShort },
];

/** Curves of one policy have one colour. */
const STROKES: readonly Stroke[] = ['solid', 'dashed', 'dotted'];

/** A curve of one resource is solid; those of both stand beside it. */
const strokeOf = (frontier: Frontier): Stroke => {
  if (frontier.resource !== null) return 'solid';
  const own = FRONTIERS.filter(({ policy }) => policy === frontier.policy);
  const ofBoth = own.filter(({ resource }) => resource === null);
  return STROKES[ofBoth.indexOf(frontier) + (ofBoth.length < own.length ? 1 : 0)] ?? 'dotted';
};

const curvesOf = (policies: readonly string[], scoreNamed: (policy: string) => Score): readonly Curve[] => [
  ...FRONTIERS.map((frontier): Curve => {
    const { policy, parameter, resource, points } = frontier;
    return {
      name: `${policy}, ${parameter} ${points[0]?.label ?? ''} to ${points.at(-1)?.label ?? ''}`,
      colour: policyColour(policy),
      shape: 'curve',
      stroke: strokeOf(frontier),
      resource,
      scores: points.map(({ policy: point }) => scoreNamed(point.name)),
    };
  }),
  ...policies.map((policy): Curve => ({
    name: policy,
    colour: policyColour(policy),
    shape: 'mark',
    stroke: 'solid',
    resource: null,
    scores: [scoreNamed(policy)],
  })),
];

/** Where the curve's points are; those of which the traces say nothing are left out. */
const pointsOf = ({ scores }: Curve, { costOf, shortOf }: Resource): readonly Point[] =>
  scores.flatMap((score): Point[] => {
    const [cost, short] = [costOf(score), shortOf(score)];
    return cost === null || short === null ? [] : [[cost, short]];
  });

const panelOf =
  (curves: readonly Curve[]) =>
  (resource: Resource): Panel => {
    const series = curves
      .filter((curve) => curve.resource === null || curve.resource === resource.resource)
      .map((curve): Series => ({
        name: curve.name,
        colour: curve.colour,
        shape: curve.shape,
        stroke: curve.stroke,
        points: pointsOf(curve, resource),
      }))
      .filter(({ points }) => points.length > 0);
    const points = series.flatMap((one) => one.points);
    return {
      x: ratioAxis(
        `cost of ${resource.name}`,
        points.map(([cost]) => cost),
      ),
      y: logRatioAxis(
        `short of ${resource.name}`,
        points.map(([, short]) => short),
      ),
      series,
    };
  };

/** @param results of `policies`, the yardstick and all points of FRONTIERS, on the same traces and under the same options */
export const frontierPlot = (policies: readonly string[], results: readonly Result[]): Plot => {
  const shown = [...new Set([YARDSTICK, ...policies])];
  const scoreNamed = (policy: string): Score =>
    scoreOf(scoreRun([policy], results).flatMap(({ families }) => families));
  return {
    title: `Cost against shortage, as ratios to ${YARDSTICK}, means over families of traces: lower and further to the left is better`,
    rows: [{ title: '', colour: TEXT_COLOUR, panels: RESOURCES.map(panelOf(curvesOf(shown, scoreNamed))), notes: [] }],
  };
};
