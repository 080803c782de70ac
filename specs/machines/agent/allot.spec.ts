/** Who gets what of a host, case by case; sizes in whole units. */
import { allot, type Claim } from '../../../machines/agent/allot';
import { GIB } from '../../../machines/shared/units';
import { units } from '../../support/chart-events';
import { NO_SIZE, RULES, unitClaim, type UnitClaim } from '../../support/shared-host';

type Case = readonly [
  what: string,
  capacity: number,
  vms: Readonly<Record<string, UnitClaim>>,
  allotted: Readonly<Record<string, number>>,
];

const claimsOf = (vms: Case[2]): Claim[] => Object.entries(vms).map(([name, vm]) => unitClaim(name, vm));

const allotted = (capacity: number, vms: Case[2], reserve = 0): Record<string, number> =>
  Object.fromEntries(
    [...allot({ capacity: units(capacity), reserve: units(reserve) }, claimsOf(vms))].map(([name, { size }]) => [
      name,
      size.mem / GIB,
    ]),
  );

const CASES: readonly Case[] = [
  ['where there is enough, all', 10, { a: { held: 2, want: 5 }, b: { held: 1, want: 5 } }, { a: 5, b: 5 }],
  ['what one gives up is not free yet', 6, { a: { held: 4, want: 1 }, b: { held: 2, want: 4 } }, { a: 1, b: 2 }],
  ['one that waits alone, what is left', 6, { a: { held: 3, want: 3 }, b: { held: 1, want: 9 } }, { a: 3, b: 3 }],
  ['in turns, not all to the first', 8, { a: { held: 2, want: 9 }, b: { held: 2, want: 9, since: 5 } }, { a: 4, b: 4 }],
  [
    'within a turn to the smallest share of its want',
    10,
    { a: { held: 6, want: 8 }, b: { held: 3, want: 20, since: 5 } },
    { a: 6, b: 4 },
  ],
  [
    'of two with one share, to the one that waits longer',
    5,
    { a: { held: 2, want: 4, since: 9 }, b: { held: 2, want: 4, since: 5 } },
    { a: 2, b: 3 },
  ],
  [
    'of two that are alike, to the one named first',
    5,
    { a: { held: 2, want: 4, since: 5 }, b: { held: 2, want: 4, since: 5 } },
    { a: 3, b: 2 },
  ],
  [
    'not to one that has had its unit of this round',
    10,
    { a: { held: 3, want: 20, round: 1 }, b: { held: 6, want: 8 } },
    { a: 3, b: 7 },
  ],
  [
    'below the floor first, up to the floor',
    9,
    { a: { held: 2, want: 9 }, b: { held: 4, want: 9, floor: 6, since: 9 } },
    { a: 3, b: 6 },
  ],
  [
    'of two below their floors, to the one that is exhausted first',
    8,
    {
      a: { held: 3, want: 6, floor: 5, exhaustedAt: 900 },
      b: { held: 3, want: 6, floor: 5, exhaustedAt: 400, since: 9 },
    },
    { a: 3, b: 5 },
  ],
  [
    'a time that is not known comes last',
    7,
    { a: { held: 3, want: 6, floor: 5 }, b: { held: 3, want: 6, floor: 4, exhaustedAt: 400, since: 9 } },
    { a: 3, b: 4 },
  ],
  [
    'a floor above what is wanted gives no more than is wanted',
    9,
    { a: { held: 3, want: 4, floor: 8 }, b: { held: 3, want: 9 } },
    { a: 4, b: 5 },
  ],
];

it.each(CASES)('%s', (_what, capacity, vms, expected) => {
  expect(allotted(capacity, vms)).toEqual(expected);
});

describe('a loan for one at risk, when nothing is free', () => {
  const risky: UnitClaim = { held: 2, want: 5, floor: 3 };
  const LOANS: readonly Case[] = [
    [
      'is asked of the largest surplus over the floor',
      12,
      { a: risky, b: { held: 5, want: 5, floor: 3 }, c: { held: 5, want: 5, floor: 1 } },
      { a: 2, b: 5, c: 4 },
    ],
    [
      'is asked of nobody while somebody gives up enough',
      9,
      { a: risky, b: { held: 7, want: 6, floor: 1 } },
      { a: 2, b: 6 },
    ],
    [
      'is asked also when that one cannot give it up',
      12,
      { a: risky, b: { held: 5, want: 4, floor: 1, canShrink: false }, c: { held: 5, want: 5, floor: 2 } },
      { a: 2, b: 4, c: 4 },
    ],
    ['is never below a floor', 7, { a: risky, b: { held: 5, want: 8, floor: 5 } }, { a: 2, b: 5 }],
    ['is not asked of a VM with no known floor', 7, { a: risky, b: { held: 5, want: 5 } }, { a: 2, b: 5 }],
    [
      'is not asked of one that cannot shrink',
      7,
      { a: risky, b: { held: 5, want: 5, floor: 1, canShrink: false } },
      { a: 2, b: 5 },
    ],
    ['is not asked of the smallest size', 3, { a: risky, b: { held: 1, want: 3, floor: 0 } }, { a: 2, b: 1 }],
    [
      'stays with the one that was asked',
      12,
      { a: risky, b: { held: 5, want: 5, floor: 3, isAsked: true }, c: { held: 5, want: 5, floor: 1 } },
      { a: 2, b: 4, c: 5 },
    ],
    [
      'is one unit of each, as many as are missing',
      14,
      { a: { held: 2, want: 6, floor: 4 }, b: { held: 6, want: 6, floor: 1 }, c: { held: 6, want: 6, floor: 2 } },
      { a: 2, b: 5, c: 5 },
    ],
    [
      'is asked of nobody when nobody is at risk',
      7,
      { a: { held: 2, want: 5, floor: 2 }, b: { held: 5, want: 5, floor: 1 } },
      { a: 2, b: 5 },
    ],
  ];
  it.each(LOANS)('%s', (_what, capacity, vms, expected) => {
    expect(allotted(capacity, vms)).toEqual(expected);
  });

  it('says how much, and to whom', () => {
    const claims = claimsOf({ a: risky, b: { held: 5, want: 5, floor: 1 } });
    expect(allot({ capacity: units(7), reserve: NO_SIZE }, claims).get('b')?.loan).toEqual({
      size: units(4),
      bytes: GIB,
      to: 'a',
    });
  });
});

describe('a reserve', () => {
  it('is not shared', () => {
    expect(allotted(8, { a: { held: 3, want: 6 }, b: { held: 3, want: 6 } }, 1)).toEqual({ a: 4, b: 3 });
  });

  it('is asked back once it was used, of those who have more than their floor', () => {
    const vms = { a: { held: 4, want: 4, floor: 4 }, b: { held: 3, want: 3, floor: 2 } };
    expect(allotted(7, vms, 1)).toEqual({ a: 4, b: 2 });
    expect(allotted(8, vms, 1)).toEqual({ a: 4, b: 3 });
  });

  it('is there for one at risk', () => {
    expect(allotted(7, { a: { held: 3, want: 6 }, b: { held: 3, want: 6, floor: 4 } }, 1)).toEqual({ a: 3, b: 4 });
  });
});

describe('resources of their own', () => {
  it('are shared each for itself', () => {
    const rules = { ...RULES, independent: true };
    const vm = (name: string, held: Claim['held'], want: Claim['want']): Claim => ({
      ...unitClaim(name, { held: 2, want: 4 }),
      ...{ rules, held, want },
    });
    const shared = allot({ capacity: { cpu: 2, mem: 6 * GIB }, reserve: NO_SIZE }, [
      vm('a', { cpu: 0.5, mem: 2 * GIB }, { cpu: 0.5, mem: 6 * GIB }),
      vm('b', { cpu: 0.5, mem: 2 * GIB }, { cpu: 4, mem: 4 * GIB }),
    ]);
    expect(shared.get('a')?.size).toEqual({ cpu: 0.5, mem: 3 * GIB });
    expect(shared.get('b')?.size).toEqual({ cpu: 1.5, mem: 3 * GIB });
  });

  it('what does not suffice for a whole unit is kept for the one whose turn it is', () => {
    const large = { ...RULES, unit: units(4), min: units(4) };
    const shared = allot({ capacity: units(8), reserve: NO_SIZE }, [
      { ...unitClaim('large', { held: 4, want: 8 }), rules: large },
      unitClaim('small', { held: 2, want: 4, round: 1 }),
    ]);
    expect(shared.get('small')?.size).toEqual(units(2));
  });
});
