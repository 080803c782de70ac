import {
  flatRegions,
  whyNotLarger,
  whyNotSmaller,
  type LargerFacts,
  type SmallerFacts,
} from '../../../../machines/monitor/status/words';
import { GIB, MIB } from '../../../../machines/shared/units';

const gib = (n: number) => ({ cpu: n / 4, mem: n * GIB });

describe('why not smaller', () => {
  /** Settled at 4 GiB because the need is such. */
  const facts: SmallerFacts = {
    desired: gib(4),
    granted: gib(4),
    smallest: gib(1),
    missingSignals: [],
    windowsFull: true,
    floor: { useBytes: 2 * GIB, sharedBytes: 0, marginBytes: 100 * MIB },
    smallerUsableBytes: 3 * GIB,
  };

  it.each<[string, Partial<SmallerFacts>, string]>([
    ['the need', {}, 'the demand is this large, see the reason'],
    ['no decision yet', { desired: null }, 'nothing is decided yet'],
    ['no size known', { granted: null }, 'nothing is decided yet'],
    ['a request for less', { desired: gib(3) }, 'a smaller size is requested: 0.75 vCPU, 3 GiB'],
    ['the smallest size', { smallest: gib(4) }, 'it is the smallest size'],
    ['missing signals', { missingSignals: ['memory', 'CPU'] }, 'a signal is missing: memory, CPU'],
    ['no sample', { floor: null }, 'a signal is missing: memory use'],
    ['windows that fill', { windowsFull: false }, 'the windows are not full yet: too little has been observed'],
    [
      'use and margin',
      { floor: { useBytes: 3 * GIB, sharedBytes: 0, marginBytes: 100 * MIB } },
      '3 GiB in use + 100 MiB margin need 3.1 GiB; the next smaller size holds 3 GiB',
    ],
    [
      'touched shared memory',
      { floor: { useBytes: 3.5 * GIB, sharedBytes: 2 * GIB, marginBytes: 100 * MIB } },
      '3.5 GiB in use (of it 2 GiB shared memory touched) + 100 MiB margin need 3.6 GiB; the next smaller size holds 3 GiB',
    ],
  ])('%s', (_case, chosen, sentence) => {
    expect(whyNotSmaller({ ...facts, ...chosen })).toBe(sentence);
  });

  it('is not the floor when use and margin just fit into the smaller size', () => {
    const floor = { useBytes: 3 * GIB - 100 * MIB, sharedBytes: 0, marginBytes: 100 * MIB };
    expect(whyNotSmaller({ ...facts, floor })).toBe('the demand is this large, see the reason');
  });

  it('is not that a smaller size is requested when one resource grows', () => {
    expect(whyNotSmaller({ ...facts, desired: { cpu: 2, mem: GIB } })).toBe('the demand is this large, see the reason');
  });

  it('is the lasting reason, before the one that passes', () => {
    expect(whyNotSmaller({ ...facts, smallest: gib(4), windowsFull: false })).toBe('it is the smallest size');
  });
});

describe('why not larger', () => {
  const facts: LargerFacts = {
    desired: gib(4),
    granted: gib(4),
    largest: gib(8),
    capped: false,
    denial: null,
    stoppedShort: false,
    agentConnected: true,
    lack: null,
  };

  it.each<[string, Partial<LargerFacts>, string]>([
    ['the demand is met', {}, 'the demand is met'],
    ['it is met without known bounds', { largest: null }, 'the demand is met'],
    ['it is met at the largest size', { largest: gib(4) }, 'the demand is met, and it is the largest size'],
    ['more is needed there', { largest: gib(4), capped: true }, 'it is the largest size, and more is needed'],
    ['no decision yet', { desired: null }, 'nothing is decided yet'],
    ['the agent has not answered', { desired: gib(5) }, 'more is requested: waiting for the agent to grant it'],
    [
      'the agent stopped short',
      { desired: gib(5), stoppedShort: true },
      'the agent gives no more than this, so it counts as the largest size; requested again',
    ],
    ['the agent denied it', { desired: gib(5), denial: 'no room' }, 'denied: no room; requested again'],
    ['there is no agent', { desired: gib(5), agentConnected: false }, 'more is requested, but no agent is connected'],
    [
      'the kernel’s own memory ends',
      { lack: { of: 'kernelZones', path: null } },
      'it would not help: memory from which the kernel itself can allocate nears its end; boot the VM with more memory, ' +
        'or bring plugged memory online for the kernel too (kernelcore=, online_policy=auto-movable)',
    ],
    [
      'a limit of somebody else ends',
      { lack: { of: 'foreignLimit', path: '/pods/a' } },
      'it would not help: memory.max of /pods/a nears its end; raise memory.max of /pods/a',
    ],
    [
      'a limit ends of which the cgroup is not known',
      { lack: { of: 'foreignLimit', path: null } },
      'it would not help: memory.max of the cgroup or of one above it nears its end; raise memory.max of the cgroup or of one above it',
    ],
    [
      'larger sizes have not helped, whatever is requested',
      { lack: { of: 'fruitless', path: null }, desired: gib(5) },
      'it would not help: the last larger sizes have not helped, so no more is asked for their sake for a while; look for what else limits Postgres',
    ],
    ['an old denial of a request that is met', { denial: 'no room' }, 'the demand is met'],
  ])('%s', (_case, chosen, sentence) => {
    expect(whyNotLarger({ ...facts, ...chosen })).toBe(sentence);
  });
});

it('nested states of a region are joined by a dot', () => {
  expect(flatRegions({ agent: 'lost', sizing: { requesting: 'denied' } })).toEqual({
    agent: 'lost',
    sizing: 'requesting.denied',
  });
});
