/** Bounds of the actuators for CPUs (rule R10). */
import { SECOND_MS } from '../../../machines/shared/units';

/** One CPU takes 10 to 400 ms to come online or to go; a busy VM takes longer. */
export const SWITCH_MS = 5 * SECOND_MS;
