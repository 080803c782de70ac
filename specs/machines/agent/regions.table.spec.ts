/** What every event does in every state of each region of a VM's statechart; all that has no cell is ignored. */
import { GIB, MIB } from '../../../machines/shared/units';
import { AT, CONNECTED, testAgentTable } from '../../support/agent-chart';
import { units } from '../../support/chart-events';
import { initialVm, type HypervisorStep, type VmContext } from '../../../machines/agent/context';

const UNKNOWN: VmContext = { ...initialVm(CONNECTED.config), conn: CONNECTED.conn };

testAgentTable(
  'session',
  {
    away: {
      'session.opened': {
        to: 'connected',
        does: ['+health'],
        changes: { conn: { id: 'c2', version: '1.1', nextId: 2, unanswered: 0 }, announced: null },
      },
    },
    connected: {
      'session.opened': {
        to: 'connected',
        does: ['+health'],
        changes: { 'conn.id': 'c2', 'conn.nextId': 2, announced: null },
      },
      'session.lost': { to: 'away', does: ['-health'], changes: { conn: null, announced: null } },
      'health.due': {
        to: 'connected',
        does: ['HealthCheck', '+health'],
        changes: { 'conn.nextId': 10, 'conn.unanswered': 1 },
      },
      'frame.unreadable': { to: 'connected', does: ['InvalidMessage'], changes: { 'conn.nextId': 10 } },
      'request.denied': { to: 'connected', does: ['ScaleDenied'], changes: { 'conn.nextId': 10 } },
    },
  },
  { away: { ...CONNECTED, conn: null }, connected: CONNECTED },
);

testAgentTable(
  'guidance',
  {
    measuring: {
      'request.received': { to: 'obeying', does: ['-upscale'], changes: { monitorRequest: units(2) } },
      'upscale.asked': {
        to: 'measuring',
        does: ['+upscale'],
        changes: { upscale: { size: units(3), until: AT + 10_000 } },
      },
    },
    obeying: {
      'session.opened': { to: 'doubting', does: ['+request'] },
      'request.received': { to: 'obeying', does: ['-upscale'] },
    },
    doubting: {
      'session.opened': { to: 'doubting', does: ['+request'] },
      'session.lost': { to: 'obeying', does: ['-request'] },
      'request.overdue': { to: 'measuring', does: ['-request'], changes: { monitorRequest: null } },
      'request.received': { to: 'obeying', does: ['-request', '-upscale'] },
    },
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
    idle: {
      'agent.started': { to: 'describing', does: ['hypervisor.describe'] },
    },
    describing: {
      'hypervisor.described': {
        to: 'observing',
        does: ['hypervisor.observe'],
        changes: { bounds: { min: units(1), max: units(8), memStepBytes: 2 * MIB } },
      },
      'hypervisor.failed': { to: 'failing', does: ['+retry'], changes: { failures: 1 } },
    },
    observing: {
      'hypervisor.observed': { to: 'resting', does: ['+observe'] },
      'hypervisor.failed': { to: 'failing', does: ['+retry'], changes: { failures: 1 } },
    },
    resting: {
      'observe.due': { to: 'observing', does: ['hypervisor.observe', '-observe'] },
    },
    requesting: {
      'hypervisor.taken': { to: 'peeking', does: ['hypervisor.observe'] },
      'hypervisor.failed': { to: 'failing', does: ['+retry'], changes: { step: null, failures: 1 } },
    },
    peeking: {
      'hypervisor.observed': { to: 'verifying', does: ['+observe'] },
      'hypervisor.failed': { to: 'failing', does: ['+retry'], changes: { step: null, failures: 1 } },
    },
    verifying: {
      'observe.due': { to: 'peeking', does: ['hypervisor.observe', '-observe'] },
    },
    failing: {
      'retry.due': { to: 'observing', does: ['hypervisor.observe', '-retry'] },
    },
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
/** What the region `session` does before: a new connection that has had one frame, or none at all. */
const NEWCOMER = { 'conn.id': 'c2', 'conn.nextId': 4 };
const LOST = { conn: null, announced: null };
const requesting: VmContext = { ...CONNECTED, goal: units(1), awaited: { id: 6, size: units(1) } };

/** It was asked for less than it requests: the next time it is asked to lend is 5 s later. */
const NOT_LENT = { 'loanRefusals.count': 1, 'loanRefusals.until': AT + 5000 };

testAgentTable(
  'talk',
  {
    idle: {},
    notifying: {
      'answer.overdue': { to: 'resting', does: ['+rest', '-answer'], changes: { awaited: null } },
      'upscale.confirmed': { to: 'idle', does: ['-answer'], changes: { announced: units(3), awaited: null } },
      'request.failed': { to: 'resting', does: ['+rest', '-answer'], changes: { awaited: null } },
    },
    asking: {
      'answer.overdue': { to: 'resting', does: ['+rest', '-answer'], changes: { awaited: null, ...NOT_LENT } },
      'downscale.answered': {
        to: 'idle',
        does: ['-answer'],
        changes: { announced: units(1), approved: units(1), awaited: null },
      },
      'request.failed': { to: 'resting', does: ['+rest', '-answer'], changes: { awaited: null, ...NOT_LENT } },
    },
    resting: {
      'rest.over': {
        to: 'notifying',
        does: ['UpscaleNotification', '+answer', '-rest'],
        changes: { 'conn.nextId': 10, awaited: { id: 8, size: units(3) } },
      },
    },
  },
  { idle: CONNECTED, notifying, asking: requesting, resting: { ...notifying, awaited: null } },
  {
    idle: { 'session.opened': { to: 'idle', does: ['VmInfo'], changes: NEWCOMER } },
    notifying: {
      'session.opened': {
        to: 'idle',
        does: ['VmInfo', '-answer'],
        changes: { ...NEWCOMER, announced: units(3), awaited: null },
      },
      'session.lost': { to: 'idle', does: ['-answer'], changes: { ...LOST, awaited: null } },
    },
    asking: {
      'session.opened': {
        to: 'asking',
        does: ['VmInfo', 'DownscaleRequest', '+answer'],
        changes: { ...NEWCOMER, 'conn.nextId': 6, 'awaited.id': 4 },
      },
      'session.lost': { to: 'idle', does: ['-answer'], changes: { ...LOST, awaited: null } },
    },
    resting: {
      'session.opened': { to: 'idle', does: ['VmInfo', '-rest'], changes: { ...NEWCOMER, announced: units(3) } },
      'session.lost': { to: 'idle', does: ['-rest'], changes: LOST },
    },
  },
);

testAgentTable(
  'metrics',
  {
    off: {
      'agent.started': { to: 'waiting', does: ['+scrape'] },
    },
    waiting: {
      'scrape.due': { to: 'scraping', does: ['metrics.scrape', '-scrape'] },
    },
    scraping: {
      'metrics.scraped': {
        to: 'waiting',
        does: ['+scrape'],
        changes: { system: { loadAverage1Min: 0, loadAverage5Min: 0, memoryUsageBytes: GIB, memoryCachedBytes: 0 } },
      },
      'metrics.failed': { to: 'waiting', does: ['+scrape'] },
    },
  },
  { off: CONNECTED, waiting: { ...CONNECTED, monitorRequest: null }, scraping: { ...CONNECTED, monitorRequest: null } },
);
