/**
 * The table of one region: only the cells that do something. All others are one property, which compares state,
 * outputs, timers and context; so a new event, or a new state, is either in a cell or fails as not ignored.
 */
import { isDeepStrictEqual } from 'node:util';
import type { EventObject } from 'xstate';
import type { PlainContext, RegionStep, StepRegion } from './lone-region';

/** What a cell does: where to, with which outputs and timers, and what it changes in the context, by path. */
export interface Cell<S extends string = string> {
  readonly to: S;
  readonly does?: readonly string[];
  readonly changes?: PlainContext;
}

export type Cells<S extends string, E extends string> = Readonly<Record<S, Readonly<Partial<Record<E, Cell<S>>>>>>;

type AnyCells = Readonly<Record<string, Readonly<Record<string, Cell | undefined>> | undefined>>;

export interface RegionUnderTest {
  readonly name: string;
  /** The states that the machine has. */
  readonly states: readonly string[];
  readonly table: AnyCells;
  /** Cells to which another region contributes within the same step; they are stepped in the whole statechart. */
  readonly together: AnyCells;
  readonly contexts: Readonly<Record<string, PlainContext>>;
  readonly events: Readonly<Record<string, EventObject>>;
  readonly stepAlone: StepRegion;
  readonly stepInWhole: StepRegion;
}

const filled = ({ to, does = [], changes = {} }: Cell): RegionStep => ({ to, does, changes });
const nothing = (state: string): RegionStep => ({ to: state, does: [], changes: {} });

const testCells = (region: RegionUnderTest, cells: AnyCells, step: StepRegion): void => {
  for (const [state, row] of Object.entries(cells)) {
    for (const [type, cell] of Object.entries(row ?? {})) {
      if (cell === undefined) continue;
      it(`${region.name}: ${state} + ${type} → ${cell.to}`, () => {
        expect(filled(cell)).not.toEqual(nothing(state));
        expect(step(state, region.contexts[state]!, region.events[type]!)).toEqual(filled(cell));
      });
    }
  }
};

/** Every (state, event) without a cell in `cells`. */
const others = (
  { states, events }: RegionUnderTest,
  ...cells: readonly AnyCells[]
): readonly (readonly [string, string])[] =>
  states.flatMap((state) =>
    Object.keys(events)
      .filter((type) => cells.every((rows) => rows[state]?.[type] === undefined))
      .map((type) => [state, type] as const),
  );

const testIgnored = (region: RegionUnderTest): void => {
  const { name, contexts, events, table, together, stepAlone } = region;
  it(`${name}: what has no cell is ignored in every state: no output, no timer, the same state and context`, () => {
    const acting = others(region, table, together).flatMap(([state, type]) => {
      const step = stepAlone(state, contexts[state]!, events[type]!);
      return isDeepStrictEqual(step, nothing(state)) ? [] : [{ cell: `${state} + ${type}`, ...step }];
    });
    expect(acting).toEqual([]);
  });
};

const testInWhole = (region: RegionUnderTest): void => {
  const { name, contexts, events, together, stepAlone, stepInWhole } = region;
  it(`${name} does the same beside the other regions`, () => {
    const differing = others(region, together).flatMap(([state, type]) => {
      const [alone, whole] = [stepAlone, stepInWhole].map((step) => {
        const { to, does } = step(state, contexts[state]!, events[type]!);
        return { to, does };
      });
      return isDeepStrictEqual(alone, whole) ? [] : [{ cell: `${state} + ${type}`, alone, whole }];
    });
    expect(differing).toEqual([]);
  });
};

/** One test for each cell, and two properties for all that has none. */
export const testRegion = (region: RegionUnderTest): void => {
  it(`${region.name}: the table has a row for each state`, () => {
    expect(Object.keys(region.table).sort()).toEqual([...region.states].sort());
  });
  testCells(region, region.table, region.stepAlone);
  testCells(region, region.together, region.stepInWhole);
  testIgnored(region);
  testInWhole(region);
};
