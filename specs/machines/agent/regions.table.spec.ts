/** Every event in every state of each region of a VM's statechart. Cells that are not named are tested to be ignored. */
import { CONNECTED, otherwiseIgnored, testAgentTable } from '../../support/agent-chart';
import { units } from '../../support/chart-events';
import { initialVm, type HypervisorStep, type VmContext } from '../../../machines/agent/context';

const UNKNOWN: VmContext = { ...initialVm(CONNECTED.config), conn: CONNECTED.conn };

testAgentTable(
  'session',
  {
    away: otherwiseIgnored({ 'session.opened': ['connected', '+health'] }),
    connected: otherwiseIgnored({
      'session.opened': ['connected', '+health'],
      'session.lost': ['away', '-health'],
      'health.due': ['connected', 'HealthCheck', '+health'],
      'frame.unreadable': ['connected', 'InvalidMessage'],
      'wish.denied': ['connected', 'ScaleDenied'],
    }),
  },
  { away: { ...CONNECTED, conn: null }, connected: CONNECTED },
);

testAgentTable(
  'guidance',
  {
    measuring: otherwiseIgnored({
      'wish.heard': ['obeying', '-upscale'],
      'upscale.asked': ['measuring', '+upscale'],
    }),
    obeying: otherwiseIgnored({
      'wish.heard': ['obeying', '-upscale'],
      'session.opened': ['doubting', '+wish'],
    }),
    doubting: otherwiseIgnored({
      'wish.heard': ['obeying', '-upscale', '-wish'],
      'session.opened': ['doubting', '+wish'],
      'session.lost': ['obeying', '-wish'],
      'wish.overdue': ['measuring', '-wish'],
    }),
  },
  { measuring: { ...CONNECTED, wish: null }, obeying: CONNECTED, doubting: CONNECTED },
);

const step = (differences: Partial<HypervisorStep>): HypervisorStep => ({
  resource: 'mem',
  direction: 'up',
  to: units(4).mem,
  since: 60_000,
  looks: 0,
  ...differences,
});
const growing: VmContext = {
  ...CONNECTED,
  goal: units(4),
  requested: { ...units(2), mem: units(4).mem },
  step: step({}),
};

testAgentTable(
  'hypervisor',
  {
    idle: otherwiseIgnored({ 'agent.started': ['describing', 'hypervisor.describe'] }),
    describing: otherwiseIgnored({
      'hypervisor.described': ['looking', 'hypervisor.look'],
      'hypervisor.failed': ['failing', '+retry'],
    }),
    looking: otherwiseIgnored({
      'hypervisor.seen': ['resting', '+look'],
      'hypervisor.failed': ['failing', '+retry'],
    }),
    resting: otherwiseIgnored({ 'look.due': ['looking', 'hypervisor.look', '-look'] }),
    requesting: otherwiseIgnored({
      'hypervisor.taken': ['peeking', 'hypervisor.look'],
      'hypervisor.failed': ['failing', '+retry'],
    }),
    peeking: otherwiseIgnored({
      'hypervisor.seen': ['verifying', '+look'],
      'hypervisor.failed': ['failing', '+retry'],
    }),
    verifying: otherwiseIgnored({ 'look.due': ['peeking', 'hypervisor.look', '-look'] }),
    failing: otherwiseIgnored({ 'retry.due': ['looking', 'hypervisor.look', '-retry'] }),
  },
  {
    idle: UNKNOWN,
    describing: UNKNOWN,
    looking: CONNECTED,
    resting: CONNECTED,
    requesting: growing,
    peeking: growing,
    verifying: growing,
    failing: CONNECTED,
  },
);

const notifying: VmContext = { ...CONNECTED, seen: units(3), goal: units(3), awaited: { id: 6, size: units(3) } };
const asking: VmContext = { ...CONNECTED, goal: units(1), awaited: { id: 6, size: units(1) } };

testAgentTable(
  'talk',
  {
    idle: otherwiseIgnored({ 'session.opened': ['idle', 'VmInfo'] }),
    notifying: otherwiseIgnored({
      'session.opened': ['idle', 'VmInfo', '-answer'],
      'session.lost': ['idle', '-answer'],
      'upscale.confirmed': ['idle', '-answer'],
      'request.failed': ['resting', '+rest', '-answer'],
      'answer.overdue': ['resting', '+rest', '-answer'],
    }),
    asking: otherwiseIgnored({
      'session.opened': ['asking', 'VmInfo', 'DownscaleRequest', '+answer'],
      'session.lost': ['idle', '-answer'],
      'downscale.answered': ['idle', '-answer'],
      'request.failed': ['resting', '+rest', '-answer'],
      'answer.overdue': ['resting', '+rest', '-answer'],
    }),
    resting: otherwiseIgnored({
      'session.opened': ['idle', 'VmInfo', '-rest'],
      'session.lost': ['idle', '-rest'],
      'rest.over': ['notifying', 'UpscaleNotification', '+answer', '-rest'],
    }),
  },
  { idle: CONNECTED, notifying, asking, resting: { ...notifying, awaited: null } },
);

testAgentTable(
  'metrics',
  {
    off: otherwiseIgnored({ 'agent.started': ['waiting', '+scrape'] }),
    waiting: otherwiseIgnored({ 'scrape.due': ['scraping', 'metrics.scrape', '-scrape'] }),
    scraping: otherwiseIgnored({
      'metrics.scraped': ['waiting', '+scrape'],
      'metrics.failed': ['waiting', '+scrape'],
    }),
  },
  { off: CONNECTED, waiting: { ...CONNECTED, wish: null }, scraping: { ...CONNECTED, wish: null } },
);
