/** What the monitor has to be sent or asked next; one request at a time, up before down. */
import type { Size } from '../shared/events/size';
import { exceeds, larger, sameSize } from '../shared/sizing';
import type { VmContext } from './context';
import { isThere } from './plan';
import { rulesOf, sizeThere } from './sizes';
import type { Announcement } from './announce';

/** A step up that is not over may be of no use yet; its size is sent once it is there. */
const isSteady = (context: VmContext): boolean =>
  context.approved === null && (context.step === null || isThere(context, context.step));

/** The monitor has been sent no size on this connection. */
export const needsIntroduction = (context: VmContext): boolean =>
  context.conn !== null &&
  context.announced === null &&
  context.bounds !== null &&
  isSteady(context) &&
  sizeThere(context) !== null;

/** The VM has another size than the monitor believes: more, or (somebody else's doing) less. */
export const needsNotice = (context: VmContext): boolean => {
  const { conn, announced } = context;
  const there = sizeThere(context);
  return conn !== null && announced !== null && there !== null && isSteady(context) && !sameSize(there, announced);
};

/** Less than the monitor knows of was decided, and nothing is to grow first. */
export const needsApproval = (context: VmContext): boolean => {
  const { conn, announced, goal, step, approved, failures } = context;
  if (conn === null || announced === null || goal === null || step !== null || approved !== null) return false;
  // A hypervisor that fails could not follow.
  return failures === 0 && exceeds(announced, goal) && !exceeds(goal, announced);
};

/** Without ScaleRequests the monitor is asked for one unit less at a time, as the reference agent does. */
export const downscaleTarget = ({ announced, goal, monitorRequest, config }: VmContext): Size | null => {
  if (announced === null || goal === null || monitorRequest !== null) return goal;
  const { unit } = config.sizing;
  return larger(goal, { cpu: announced.cpu - unit.cpu, mem: announced.mem - unit.mem });
};

/** What is awaited is less memory than the monitor requests: it is asked to lend. */
export const isLoan = ({ awaited, monitorRequest }: VmContext): boolean =>
  awaited !== null && monitorRequest !== null && awaited.size.mem < monitorRequest.mem;

/** What the VM is, for a monitor of v1.1. */
export const vmInfo = (context: VmContext, granted: Size): Announcement => {
  const { min, max } = rulesOf(context);
  const { unit } = context.config.sizing;
  return { type: 'VmInfo', content: { granted, min, max: max ?? granted, unit } };
};

/** After a refusal each resource keeps what it has, but at most a unit above what was refused. */
export const refusalFloor = ({ announced, config }: VmContext, refused: Size): Size => {
  const { unit } = config.sizing;
  const have = announced ?? refused;
  return { cpu: Math.min(have.cpu, refused.cpu + unit.cpu), mem: Math.min(have.mem, refused.mem + unit.mem) };
};
