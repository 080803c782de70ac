/** The HTTP checks before an upgrade, in the order of the contract: path, method, upgrade, token, peer, origin. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { plainAddress } from '../../shared/peers';
import { bearsToken } from './token';

export const AGENT_PATH = '/monitor';

export interface AccessRules {
  readonly token: string | null;
  readonly isPeerAllowed: (address: string) => boolean;
  /** Browsers send an Origin, agents do not: any that is not listed is refused. */
  readonly allowOrigins: readonly string[];
}

export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Check = (request: IncomingMessage, rules: AccessRules) => Refusal | null;

const checkPath: Check = ({ url = '' }) =>
  url.split('?', 1)[0] === AGENT_PATH ? null : { status: 404, message: `only ${AGENT_PATH} is served here` };

const checkMethod: Check = ({ method }) =>
  method === 'GET' ? null : { status: 405, message: 'only GET is allowed', headers: { Allow: 'GET' } };

const hasToken = (header: string | undefined, token: string): boolean =>
  (header ?? '').split(',').some((part) => part.trim().toLowerCase() === token);

/** RFC 6455 §4.2.1, as far as ws would refuse it: ws looks only after the checks that follow. */
const UPGRADE_HEADERS: readonly (readonly [message: string, isGood: (headers: IncomingHttpHeaders) => boolean])[] = [
  ['Connection must be Upgrade', ({ connection }) => hasToken(connection, 'upgrade')],
  ['Upgrade must be websocket', ({ upgrade }) => upgrade?.toLowerCase() === 'websocket'],
  [
    'Sec-WebSocket-Key must be 16 bytes in base64',
    (headers) => /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? ''),
  ],
  ['Sec-WebSocket-Version must be 13', (headers) => headers['sec-websocket-version'] === '13'],
];

const checkUpgrade: Check = ({ headers }) => {
  const broken = UPGRADE_HEADERS.find(([, isGood]) => !isGood(headers));
  return broken === undefined
    ? null
    : { status: 400, message: `bad upgrade: ${broken[0]}`, headers: { 'Sec-WebSocket-Version': '13' } };
};

const checkToken: Check = ({ headers }, { token }) =>
  token === null || bearsToken(headers.authorization, token)
    ? null
    : { status: 401, message: 'a bearer token is required', headers: { 'WWW-Authenticate': 'Bearer' } };

const checkPeer: Check = ({ socket }, { isPeerAllowed }) =>
  isPeerAllowed(plainAddress(socket.remoteAddress ?? ''))
    ? null
    : { status: 403, message: 'this address may not connect' };

const checkOrigin: Check = ({ headers: { origin } }, { allowOrigins }) =>
  origin === undefined || allowOrigins.includes(origin)
    ? null
    : { status: 403, message: 'this Origin may not connect' };

const CHECKS: readonly Check[] = [checkPath, checkMethod, checkUpgrade, checkToken, checkPeer, checkOrigin];

/** The first check that fails, or null when the request may be upgraded. */
export const refusalOf = (request: IncomingMessage, rules: AccessRules): Refusal | null => {
  for (const check of CHECKS) {
    const refusal = check(request, rules);
    if (refusal !== null) return refusal;
  }
  return null;
};
