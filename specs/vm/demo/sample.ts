/** The VM at one moment, for the chart and the line below it. */
export interface Sample {
  /** Since the demo began to look. */
  readonly atMs: number;
  /** What the hypervisor gives. */
  readonly sizeBytes: number;
  /** CPUs that are online in the guest. */
  readonly cpus: number;
  /** Memory in use that cannot be reclaimed. */
  readonly useBytes: number;
  /** What the monitor wishes. */
  readonly wishBytes: number;
}
