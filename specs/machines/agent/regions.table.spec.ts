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
      'request.denied': ['connected', 'ScaleDenied'],
    }),
  },
  { away: { ...CONNECTED, conn: null }, connected: CONNECTED },
);

testAgentTable(
  'guidance',
  {
    measuring: otherwiseIgnored({
      'request.received': ['obeying', '-upscale'],
      'upscale.asked': ['measuring', '+upscale'],
    }),
    obeying: otherwiseIgnored({
      'request.received': ['obeying', '-upscale'],
      'session.opened': ['doubting', '+request'],
    }),
    doubting: otherwiseIgnored({
      'request.received': ['obeying', '-request', '-upscale'],
      'session.opened': ['doubting', '+request'],
      'session.lost': ['obeying', '-request'],
      'request.overdue': ['measuring', '-request'],
    }),
  },
  { measuring: { ...CONNECTED, monitorRequest: null }, obeying: CONNECTED, doubting: CONNECTED },
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
      'hypervisor.described': ['observing', 'hypervisor.observe'],
      'hypervisor.failed': ['failing', '+retry'],
    }),
    observing: otherwiseIgnored({
      'hypervisor.observed': ['resting', '+observe'],
      'hypervisor.failed': ['failing', '+retry'],
    }),
    resting: otherwiseIgnored({ 'observe.due': ['observing', 'hypervisor.observe', '-observe'] }),
    requesting: otherwiseIgnored({
      'hypervisor.taken': ['peeking', 'hypervisor.observe'],
      'hypervisor.failed': ['failing', '+retry'],
    }),
    peeking: otherwiseIgnored({
      'hypervisor.observed': ['verifying', '+observe'],
      'hypervisor.failed': ['failing', '+retry'],
    }),
    verifying: otherwiseIgnored({ 'observe.due': ['peeking', 'hypervisor.observe', '-observe'] }),
    failing: otherwiseIgnored({ 'retry.due': ['observing', 'hypervisor.observe', '-retry'] }),
  },
  {
    idle: UNKNOWN,
    describing: UNKNOWN,
    observing: CONNECTED,
    resting: CONNECTED,
    requesting: growing,
    peeking: growing,
    verifying: growing,
    failing: CONNECTED,
  },
);

const notifying: VmContext = { ...CONNECTED, observed: units(3), goal: units(3), awaited: { id: 6, size: units(3) } };
const requesting: VmContext = { ...CONNECTED, goal: units(1), awaited: { id: 6, size: units(1) } };

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
  { idle: CONNECTED, notifying, asking: requesting, resting: { ...notifying, awaited: null } },
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
  { off: CONNECTED, waiting: { ...CONNECTED, monitorRequest: null }, scraping: { ...CONNECTED, monitorRequest: null } },
);
