/** What holds on any host, whatever its VMs want. A failure names its seed. */
import type { Allotment } from '../../../machines/agent/allot';
import type { Size } from '../../../machines/shared/events/size';
import { exceeds, larger, toWholeUnits, unitsOf, type SizingRules } from '../../../machines/shared/sizing';
import { GIB } from '../../../machines/shared/units';
import { between, forRandom, pick, type Random } from '../../support/random';
import { hostedVm, NO_SIZE, SharedHost, type HostedVm } from '../../support/shared-host';

const HOSTS = 40;
const STEPS = 40;
const TOLERANCE = 1e-6;

const integer = (random: Random, low: number, high: number): number => Math.floor(between(random, low, high + 1));

const rulesFrom = (random: Random, isUniform: boolean): SizingRules => {
  const unit = isUniform
    ? { cpu: 0.25, mem: GIB }
    : pick(random, [
        { cpu: 0.25, mem: GIB },
        { cpu: 1, mem: 4 * GIB },
        { cpu: 0.1, mem: GIB / 2 },
      ]);
  return { unit, min: unit, max: unitsOf(unit, 16, 16), independent: !isUniform && random() < 0.3 };
};

/** Any want, and with it perhaps a floor, as a request brings them. */
const wants = (random: Random, vm: HostedVm): void => {
  const { unit } = vm.rules;
  const size = (): Size => unitsOf(unit, integer(random, 1, 16), integer(random, 1, 16));
  vm.want = toWholeUnits(vm.rules, size());
  vm.floor = random() < 0.7 ? toWholeUnits(vm.rules, { cpu: 0, mem: vm.want.mem * between(random, 0.1, 1) }) : null;
  vm.exhaustedAt = random() < 0.5 ? between(random, 0, 60_000) : null;
};

const hostFrom = (random: Random, isUniform = false): SharedHost => {
  const names = Array.from({ length: integer(random, 2, 16) }, (_, index) => `vm-${index}`);
  const vms = names.map((name) => {
    const rules = rulesFrom(random, isUniform);
    const units = integer(random, 1, 8);
    return hostedVm(name, unitsOf(rules.unit, units, units), rules);
  });
  for (const vm of vms) wants(random, vm);
  const held = vms.reduce((sum, vm) => ({ cpu: sum.cpu + vm.held.cpu, mem: sum.mem + vm.held.mem }), NO_SIZE);
  const room = between(random, 1, 1.6);
  return new SharedHost({ cpu: held.cpu * room, mem: Math.floor(held.mem * room) }, vms, {
    cpu: 0,
    mem: pick(random, [0, 0, GIB]),
  });
};

const sizeOf = (allotted: ReadonlyMap<string, Allotment>, vm: HostedVm): Size => allotted.get(vm.name)?.size ?? vm.held;

/** Memory that is left when all that is given has come. */
const free = ({ capacity, vms }: SharedHost, allotted: ReadonlyMap<string, Allotment>): number =>
  capacity.mem - vms.reduce((sum, vm) => sum + Math.max(vm.held.mem, sizeOf(allotted, vm).mem), 0);

/** Some units come, or their memory before their CPUs as the hypervisor goes; what is less is seen to be gone. */
const someMove = (
  random: Random,
  host: SharedHost,
  allotted: ReadonlyMap<string, Allotment>,
  isWhole: boolean,
): void => {
  for (const vm of host.vms) {
    const size = sizeOf(allotted, vm);
    const draw = random();
    if (draw < 0.3) host.moves(vm, size);
    else if (draw < 0.6 && !isWhole) host.moves(vm, { ...vm.held, mem: size.mem });
  }
};

const everyStep = (
  isUniform: boolean,
  check: (host: SharedHost, allotted: ReadonlyMap<string, Allotment>) => void,
): void => {
  forRandom(HOSTS, (random) => {
    const host = hostFrom(random, isUniform);
    for (let step = 0; step < STEPS; step += 1) {
      host.at += 1000;
      if (random() < 0.4) wants(random, pick(random, host.vms));
      const allotted = host.decide();
      check(host, allotted);
      someMove(random, host, allotted, isUniform);
    }
  });
};

it('is never over the capacity, also while some units have come and others have not', () => {
  everyStep(false, (host, allotted) => {
    for (const resource of ['cpu', 'mem'] as const) {
      const taken = host.vms.reduce((sum, vm) => sum + Math.max(vm.held[resource], sizeOf(allotted, vm)[resource]), 0);
      expect(taken).toBeLessThanOrEqual(Math.max(host.capacity[resource], host.held(resource)) + TOLERANCE);
    }
  });
});

it('takes nothing below what is wanted but for one at risk, and then never below the lender’s floor', () => {
  everyStep(false, (host, allotted) => {
    for (const vm of host.vms) {
      const { loan = null } = allotted.get(vm.name) ?? {};
      const kept = { cpu: Math.min(vm.held.cpu, vm.want.cpu), mem: Math.min(vm.held.mem, vm.want.mem) };
      if (loan === null) expect(exceeds(kept, sizeOf(allotted, vm))).toBe(false);
      else {
        const borrower = host.vms.find(({ name }) => name === loan.to);
        if (borrower === undefined) expect(free(host, allotted)).toBeLessThan(host.reserve.mem);
        else expect(borrower.held.mem).toBeLessThan(borrower.floor!.mem);
        expect(loan.size.mem).toBeGreaterThanOrEqual(vm.floor!.mem);
        expect(vm.held.mem - loan.size.mem).toBeLessThanOrEqual(vm.rules.unit.mem);
      }
    }
  });
});

it('gives whole units within the rules of each VM', () => {
  everyStep(false, (host, allotted) => {
    for (const vm of host.vms) {
      const size = sizeOf(allotted, vm);
      expect(exceeds(size, larger(vm.held, vm.rules.max ?? size))).toBe(false);
      for (const resource of ['cpu', 'mem'] as const) {
        const units = size[resource] / vm.rules.unit[resource];
        expect(Math.abs(units - Math.round(units))).toBeLessThan(TOLERANCE);
      }
    }
  });
});

it('gives nobody more than its floor while somebody gets less than that', () => {
  everyStep(true, (host, allotted) => {
    const least = ({ want, floor }: HostedVm): number => Math.min(want.mem, floor?.mem ?? 0);
    const short = host.vms.filter((vm) => vm.held.mem < least(vm) && sizeOf(allotted, vm).mem < least(vm));
    if (short.length === 0) return;
    for (const vm of host.vms) {
      expect(sizeOf(allotted, vm).mem).toBeLessThanOrEqual(Math.max(vm.held.mem, vm.floor?.mem ?? 0));
    }
  });
});

it('serves those at risk in the order of their time', () => {
  everyStep(true, (host, allotted) => {
    const risky = host.vms.filter(({ held, floor, want }) => Math.min(floor?.mem ?? 0, want.mem) > held.mem);
    const order = [...risky].sort((a, b) => (a.exhaustedAt ?? Infinity) - (b.exhaustedAt ?? Infinity));
    const unserved = order.findIndex((vm) => sizeOf(allotted, vm).mem < Math.min(vm.floor!.mem, vm.want.mem));
    if (unserved < 0) return;
    const later = order.slice(unserved + 1).filter((vm) => vm.exhaustedAt !== order[unserved]!.exhaustedAt);
    for (const vm of later) expect(sizeOf(allotted, vm).mem).toBeLessThanOrEqual(vm.held.mem);
  });
});

it('changes nothing while wants stay the same, whatever part of it has come', () => {
  forRandom(HOSTS, (random) => {
    const host = hostFrom(random);
    const first = host.decide();
    const isGiven = (vm: HostedVm): boolean => exceeds(vm.want, vm.held);
    const growing = host.vms.filter(isGiven);
    for (let step = 0; step < STEPS; step += 1) {
      for (const vm of growing) {
        // Whoever is asked for a smaller size, and whoever gives one up, is slow.
        const size = larger(vm.held, sizeOf(first, vm));
        if (random() < 0.2) host.moves(vm, random() < 0.5 ? size : { ...vm.held, mem: size.mem });
      }
      host.at += 1000;
      const again = host.decide();
      for (const vm of growing) expect([vm.name, sizeOf(again, vm)]).toEqual([vm.name, sizeOf(first, vm)]);
    }
  });
});

it('gives all that is wanted where there is enough', () => {
  forRandom(HOSTS, (random) => {
    const host = hostFrom(random);
    const plenty = new SharedHost(unitsOf({ cpu: 1, mem: GIB }, 1e4, 1e5), host.vms, host.reserve);
    for (const [name, { size, left, loan }] of plenty.decide()) {
      const vm = host.vms.find((one) => one.name === name);
      expect([name, size, left, loan]).toEqual([name, vm!.want, null, null]);
    }
  });
});

/** Units that came to each other VM since this one began to wait, or received one itself. */
class Waiter {
  private readonly counts = new Map<string, number>();
  /** It came to this round anew, and has not had a unit yet. */
  private isNew = true;

  constructor(private readonly name: string) {}

  /** What came in one decision. */
  receive(received: ReadonlyMap<string, number>): void {
    if (received.has(this.name)) {
      this.counts.clear();
      this.isNew = false;
      return;
    }
    for (const [name, units] of received) this.counts.set(name, (this.counts.get(name) ?? 0) + units);
  }

  /** Units beyond what others may receive before it: one before the first; between two, the end of a round and the next. */
  excess(): number {
    return Math.max(0, ...this.counts.values()) - (this.isNew ? 1 : 2);
  }
}

/** All that is given comes at once; what is given up is gone at some time. */
const takeAll = (random: Random, host: SharedHost): ReadonlyMap<string, number> => {
  const allotted = host.decide();
  const received = new Map<string, number>();
  for (const vm of host.vms) {
    const size = sizeOf(allotted, vm);
    if (size.mem > vm.held.mem) received.set(vm.name, (size.mem - vm.held.mem) / GIB);
    if (size.mem > vm.held.mem || random() < 0.5) host.moves(vm, size);
  }
  return received;
};

it('serves whoever waits before another VM gets a second unit of a round, while the wants of others come and go', () => {
  forRandom(HOSTS, (random) => {
    const host = hostFrom(random, true);
    for (const vm of host.vms) Object.assign(vm, { floor: null, want: vm.held });
    const [patient, ...others] = host.vms;
    let waiter: Waiter | null = null;
    for (let step = 0; step < 5 * STEPS; step += 1) {
      host.at += 1000;
      const units = integer(random, 1, 16);
      const vm = pick(random, others);
      vm.want = unitsOf(vm.rules.unit, units, units);
      // It wants more for ever, and could be starved.
      if (step === STEPS) patient!.want = unitsOf(vm.rules.unit, 16, 16);
      if (step === STEPS) waiter = new Waiter(patient!.name);
      const received = takeAll(random, host);
      waiter?.receive(received);
      if (patient!.since !== null) expect(waiter?.excess() ?? 0).toBeLessThanOrEqual(0);
    }
  });
});
