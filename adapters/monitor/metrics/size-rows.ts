/** Sizes, memory, and what is decided about them. */
import type { Size } from '../../../machines/shared/events/size';
import { LackOf } from '../../../machines/monitor/statechart/context';
import { PressureLevel } from '../../../machines/monitor/memory/pressure-level';
import { useBytes } from '../../../machines/monitor/memory/use';
import { counter, counterBy, gauge, gaugeBy, seconds, type MetricFacts, type Row } from './row';

const sizes = ({ status: { size } }: MetricFacts, read: (size: Size) => number) => ({
  desired: size.desired && read(size.desired),
  granted: size.granted && read(size.granted),
  observed: size.observed && read(size.observed),
});

const WHICH = 'desired by us, last granted by the agent, observed in the kernel';

export const SIZE_ROWS: readonly Row[] = [
  gaugeBy('vm_monitor_size_memory_bytes', `Memory of the VM: ${WHICH}.`, 'size', (facts) =>
    sizes(facts, ({ mem }) => mem),
  ),
  gaugeBy('vm_monitor_size_vcpus', `vCPUs of the VM: ${WHICH}.`, 'size', (facts) => sizes(facts, ({ cpu }) => cpu)),
  counter('vm_monitor_decisions_total', 'Changes of the desired size.', ({ counts }) => counts.decisions),
  counterBy(
    'vm_monitor_requests_sent_total',
    'Requests sent to the agent, repeated ones too.',
    'type',
    ({ counts }) => ({
      ScaleRequest: counts.scaleRequests,
      UpscaleRequest: counts.upscaleRequests,
    }),
  ),
  counter('vm_monitor_grants_total', 'Sizes that the agent has granted.', ({ counts }) => counts.grants),
  counter('vm_monitor_denials_total', 'Requests that the agent has denied.', ({ counts }) => counts.denials),
  gauge('vm_monitor_request_denied', '1 while the agent denies the present request.', ({ denied }) => Number(denied)),
  gauge(
    'vm_monitor_grant_expected_seconds',
    'Learned time from a request for more to the size being observed.',
    ({ grantUpMs }) => seconds(grantUpMs),
  ),
  counterBy(
    'vm_monitor_downscale_requests_total',
    'Shrinks that the agent has requested, by our answer.',
    'answer',
    ({ counts }) => ({ agreed: counts.shrinksAgreed, refused: counts.shrinksRefused }),
  ),
  gauge('vm_monitor_memory_use_bytes', 'Memory in use that cannot be reclaimed.', ({ domain }) =>
    useBytes(domain.readings),
  ),
  gauge(
    'vm_monitor_memory_growth_bytes_per_second',
    'How fast that use grows; 0 when it does not.',
    ({ domain }) => domain.growth.bytesPerS,
  ),
  gauge(
    'vm_monitor_memory_runway_bytes',
    'What the kernel will still give, less a reserve; negative once that is touched.',
    ({ status }) => status.memory.runwayBytes,
  ),
  gauge(
    'vm_monitor_memory_exhaustion_seconds',
    'When the runway is used up at the present growth; absent when nothing grows.',
    ({ status }) => seconds(status.memory.exhaustionMs),
  ),
  gaugeBy('vm_monitor_lack', '1 while memory is short for want of what no larger size gives.', 'of', ({ status }) =>
    Object.fromEntries(Object.keys(LackOf.keys).map((of) => [of, Number(of === status.memory.lack?.of)])),
  ),
  gaugeBy('vm_monitor_memory_pressure_level', '1 for the present pressure level of memory.', 'level', ({ status }) =>
    Object.fromEntries(
      Object.keys(PressureLevel.keys).map((level) => [level, Number(level === status.memory.pressureLevel)]),
    ),
  ),
];
