/** What every event does in every state of the region `sizing`; other contexts are in sizing.cases.spec.ts. */
import { context, testTable, type StateName, type Table } from '../../../support/chart';
import { AT, connection, units } from '../../../support/chart-events';

const REQUESTS = ['ScaleRequest', '+answer', '+resend'];

/** A ScaleRequest was sent: the next id is used up. */
const SENT = { 'conn.nextId': 7, 'conn.scaleRequestIds': ['3', '5'], lastRequestedAt: AT };
/** The first request of a run, and the first one after another run. */
const FIRST = { ...SENT, requesting: { since: AT, attempts: 1 } };
const ANEW = { ...SENT, 'requesting.since': AT, 'requesting.attempts': 1 };

const GRANTED = { granted: units(3), 'conn.lastGrant': { size: units(3), requests: 0 } };
const INFORMED = { granted: units(3), agentMax: units(8), etaMs: 900 };
const DESIRED = {
  desired: units(4),
  'conn.lastRequest': units(4),
  'conn.toldFloor': units(2),
  floor: units(2),
};
/** The request that was sent before, with another floor. */
const TOLD = { ...SENT, 'conn.toldFloor': units(1), floor: units(1) };
const SHORT = { floor: units(2), withinMs: 1500 };
const FLOOR = { 'floors.shortage': { size: units(2), until: AT + 60_000 } };
const REJECTED = { 'conn.scaleRequests': 'rejected' };
const SHRINK = { from: units(2), to: units(2), since: AT };

/** In settled, capped and shrinking nothing is being requested. */
const calmCells = <S extends StateName<'sizing'>>(state: S) =>
  ({
    'desired.changed': { to: 'requesting.sent', does: REQUESTS, changes: { ...FIRST, ...DESIRED } },
    'pressure.critical': { to: state, changes: SHORT },
    'floor.moved': { to: state, does: ['ScaleRequest'], changes: TOLD },
    'floor.changed': { to: state, changes: FLOOR },
    'upscale.notified': {
      to: 'requesting.sent',
      does: ['ScaleRequest', 'UpscaleConfirmation', '+answer', '+resend'],
      changes: { ...FIRST, ...GRANTED },
    },
    'upscale.applied': { to: state, does: ['UpscaleConfirmation'] },
    'vm.informed': { to: 'requesting.sent', does: REQUESTS, changes: { ...FIRST, ...INFORMED } },
    'request.rejected': { to: state, changes: REJECTED },
    'downscale.approved': { to: 'shrinking', does: ['+shrink'], changes: { shrink: SHRINK } },
  }) as const;

/** What the substates of requesting share. `over` is what a new request, or none, makes of the run before. */
const requestingCells = <S extends StateName<'sizing'>>(state: S, over: { readonly denial?: null } = {}) =>
  ({
    'desired.changed': { to: 'requesting.sent', does: REQUESTS, changes: { ...ANEW, ...DESIRED, ...over } },
    'pressure.critical': { to: state, changes: SHORT },
    'floor.moved': { to: state, does: ['ScaleRequest'], changes: TOLD },
    'floor.changed': { to: state, changes: FLOOR },
    'upscale.notified': {
      to: 'settled',
      does: ['UpscaleConfirmation', '-answer', '-resend'],
      changes: { ...GRANTED, 'conn.scaleRequests': 'obeyed', requesting: null, ...over },
    },
    'upscale.applied': { to: state, does: ['UpscaleConfirmation'] },
    'vm.informed': { to: 'settled', does: ['-answer', '-resend'], changes: { ...INFORMED, requesting: null, ...over } },
    'request.rejected': {
      to: 'settled',
      does: ['-answer', '-resend'],
      changes: { ...REJECTED, requesting: null, ...over },
    },
    'downscale.approved': {
      to: 'requesting.sent',
      does: ['ScaleRequest', '+answer', '+resend', '+shrink'],
      changes: { ...ANEW, shrink: SHRINK, ...over },
    },
    'agent.ready': { to: 'requesting.sent', does: REQUESTS, changes: { ...ANEW, ...over } },
    'resend.due': { to: state, does: ['ScaleRequest', '+resend'], changes: { ...SENT, 'requesting.attempts': 3 } },
    'scale.denied': { to: 'requesting.denied', changes: { denial: 'full' } },
  }) as const;

const TABLE: Table<'sizing'> = {
  settled: calmCells('settled'),
  capped: {
    ...calmCells('capped'),
    'desired.changed': { to: 'requesting.sent', does: REQUESTS, changes: { ...FIRST, ...DESIRED, capped: false } },
  },
  'requesting.sent': {
    ...requestingCells('requesting.sent'),
    'answer.overdue': { to: 'requesting.unanswered' },
  },
  'requesting.unanswered': requestingCells('requesting.unanswered'),
  'requesting.partlyGranted': requestingCells('requesting.partlyGranted'),
  'requesting.denied': requestingCells('requesting.denied', { denial: null }),
  shrinking: {
    ...calmCells('shrinking'),
    'size.observed': { to: 'settled', does: ['-shrink'], changes: { shrink: null } },
    'shrink.overdue': { to: 'settled', does: ['-shrink'], changes: { shrink: null } },
    'upscale.notified': {
      to: 'requesting.sent',
      does: ['ScaleRequest', 'UpscaleConfirmation', '+answer', '+resend', '-shrink'],
      changes: { ...FIRST, ...GRANTED, shrink: null },
    },
    'downscale.approved': {
      to: 'shrinking',
      does: ['+shrink'],
      changes: { 'shrink.from': units(2), 'shrink.since': AT },
    },
  },
};

/** Two units are desired and granted, and the agent knows. */
const content = {
  retaining: false,
  desired: units(2),
  granted: units(2),
  conn: connection({ lastRequest: units(2) }),
};

/** Three units were asked for three seconds ago. */
const requesting = context({
  ...content,
  desired: units(3),
  conn: connection({ lastRequest: units(3) }),
  requesting: { since: AT - 4000, attempts: 2 },
  lastRequestedAt: AT - 3000,
});

testTable('sizing', TABLE, {
  settled: context(content),
  capped: context({ ...content, capped: true }),
  'requesting.sent': requesting,
  'requesting.unanswered': requesting,
  'requesting.partlyGranted': requesting,
  'requesting.denied': { ...requesting, denial: 'the host is full' },
  shrinking: context({ ...content, shrink: { from: units(3), to: units(2), since: AT - 3000 } }),
});
