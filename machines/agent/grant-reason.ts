/** Why a VM is to have the size that was decided for it, in one sentence. */
import { formatBytes, formatMs, formatSize } from '../shared/format';
import type { Allotment } from './allot';
import type { VmContext } from './context';
import type { Loan } from './lending';
import type { Want } from './want';

const firstReason = ({ risk }: VmContext, at: number): string => {
  const exhaustedAt = risk?.exhaustedAt ?? null;
  const within = exhaustedAt === null ? '' : ` within ${formatMs(Math.max(0, exhaustedAt - at))}`;
  return `at risk${within}, served first`;
};

const shortReason = ({ left, sharers, servedFirst }: Allotment): readonly string[] => {
  if (left === null) return [];
  if (sharers > 1 && left.mem > 0 && !servedFirst) return [`shares ${formatBytes(left.mem)} among ${sharers} VMs`];
  return [`the host has ${formatSize(left)} left`];
};

const loanReason = ({ bytes, to }: Loan): string =>
  `${formatBytes(bytes)} to ${to === null ? 'the reserve for VMs at risk' : `${to}, which is at risk`}`;

/** What the host had to do with it follows what the VM wants. */
export const reasonOf = ({ reason }: Want, allotment: Allotment, context: VmContext, at: number): string => {
  const { loan, servedFirst } = allotment;
  if (loan !== null) return `${reason}; asked to give ${loanReason(loan)}`;
  const first = servedFirst ? [firstReason(context, at)] : [];
  return [reason, ...first, ...shortReason(allotment)].join('; ');
};

/** The numbers of the reason. */
export const reasonParts = (
  { parts }: Want,
  { servedFirst }: Allotment,
  { risk }: VmContext,
  at: number,
): Want['parts'] => {
  if (!servedFirst || risk === null) return parts;
  const floor = risk.floor === null ? {} : { floorMem: risk.floor.mem };
  const within = risk.exhaustedAt === null ? {} : { withinMs: Math.max(0, risk.exhaustedAt - at) };
  return { ...parts, ...floor, ...within };
};
