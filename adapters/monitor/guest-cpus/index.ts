/** The guest's side of CPU hotplug: sysfs. */
export { guestCpusUnder, type GuestCpus } from './guest-cpus';
