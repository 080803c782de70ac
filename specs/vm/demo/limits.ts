/** How long the parts of the demo take. One and a half to three minutes together on a host at rest, also under software emulation. */
import { MINUTE_MS, SECOND_MS } from '../../../machines/shared/units';

/** Between two looks at the VM; each costs an emulated guest some ms. */
export const LOOK_MS = SECOND_MS;
/** A look that takes longer is passed over: an emulated guest under load takes its time. */
export const LOOK_DEADLINE_MS = 5 * SECOND_MS;
/** The first look: monitor and Postgres start within 5 s under emulation, 70 s were seen on a busy host. */
export const START_DEADLINE_MS = 2 * MINUTE_MS;
/** Where stdout is no terminal: a line for so much time. */
export const LINE_MS = 5 * SECOND_MS;

export const CALM_MS = 10 * SECOND_MS;
/** The queries take 23 s on a host at rest. */
export const SWELL_DEADLINE_MS = 90 * SECOND_MS;
/** So long they keep what they have. */
export const PLATEAU_MS = 10 * SECOND_MS;
/** A fresh monitor shrinks nothing in its first minute. */
export const EBB_DEADLINE_MS = 90 * SECOND_MS;
/** What the chart is drawn for at first. */
export const EXPECTED_MS = 2 * MINUTE_MS;
/** An orderly exit of monitor or agent takes at most 2 s on a host at rest. */
export const STOP_DEADLINE_MS = 30 * SECOND_MS;
