/** What was seen of the VM in one look. */
export interface Seen {
  /** What the hypervisor gives. */
  readonly sizeBytes: number;
  /** CPUs that are online in the guest. */
  readonly cpus: number;
  /** Memory in use that cannot be reclaimed. */
  readonly useBytes: number;
  /** What the monitor requests. */
  readonly wishBytes: number;
}

/** The same at its moment. */
export interface Sample extends Seen {
  /** Since the demo began. */
  readonly atMs: number;
}
