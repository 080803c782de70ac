/** A host with room for so much: who asks first is served first, and waits until others have shrunk. */
import type { Size } from '../../shared/events/size';
import { unitsDown, unitsOf } from '../../shared/sizing';

export interface Tenant {
  /** What it has or was promised. */
  readonly heldSize: Size;
  /** There is room again. */
  retry(): void;
}

/** Guards against sums of fractions of CPUs. */
const TOLERANCE = 1e-6;

export class Host {
  private readonly tenants: Tenant[] = [];
  private readonly waiting = new Set<Tenant>();

  /** Null: as much as anybody wants. */
  constructor(private readonly capacity: Size | null) {}

  add(tenant: Tenant): void {
    this.tenants.push(tenant);
  }

  /** As many units of what is wanted as there is room for; no less than the tenant holds. */
  fit(tenant: Tenant, unit: Size, wanted: Size): Size {
    this.waiting.delete(tenant);
    if (this.capacity === null) return wanted;
    const left = { cpu: this.capacity.cpu, mem: this.capacity.mem };
    for (const { heldSize } of this.tenants) {
      left.cpu -= heldSize.cpu;
      left.mem -= heldSize.mem;
    }
    const held = tenant.heldSize;
    const units = Math.min(
      unitsDown(held.cpu + left.cpu + TOLERANCE, unit.cpu),
      unitsDown(held.mem + left.mem, unit.mem),
      Math.round(wanted.mem / unit.mem),
    );
    const size = unitsOf(unit, units, units);
    if (size.mem < wanted.mem) this.waiting.add(tenant);
    return size.mem > held.mem ? size : held;
  }

  /** A tenant has become smaller. */
  freed(): void {
    const retried = [...this.waiting];
    this.waiting.clear();
    for (const tenant of retried) tenant.retry();
  }
}
