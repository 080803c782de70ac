/** Where a server listens: `127.0.0.1:10301`, `[::1]:0`, `localhost:80`, `:0`; and who may connect: `10.0.0.0/8`. */
import { isIPv4, isIPv6 } from 'node:net';
import * as E from 'fp-ts/Either';
import { parseCidr, peerFilter, plainAddress } from '../../peers';
import type { TextReader } from '../../../../machines/shared/config/texts/text-reader';

export interface Endpoint {
  /** Address or name; '' means every interface, as node:net takes it. */
  readonly host: string;
  /** 0: the kernel picks a free port. */
  readonly port: number;
}

const HOST_PORT = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/;
const NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;
/** Digits and dots only: must then be a whole IPv4 address, not a name. */
const LIKE_IPV4 = /^[\d.]+$/;
const LAST_PORT = 65_535;

const ALLOWED = 'HOST:PORT such as 127.0.0.1:10301, [::1]:10301 or :0 (port 0 to 65535, IPv6 in brackets)';

const isHost = (host: string): boolean => {
  if (host === '') return true;
  return LIKE_IPV4.test(host) ? isIPv4(host) : NAME.test(host);
};

export const endpoint: TextReader<Endpoint> = (text) => {
  const [, ipv6, host = '', portText = ''] = HOST_PORT.exec(text) ?? [];
  const port = Number(portText);
  if (portText === '' || port > LAST_PORT) return E.left(ALLOWED);
  if (ipv6 !== undefined) return isIPv6(ipv6) ? E.right({ host: ipv6, port }) : E.left(ALLOWED);
  return isHost(host) ? E.right({ host, port }) : E.left(ALLOWED);
};

const isLoopbackAddress = peerFilter([
  { address: '127.0.0.0', prefixBits: 8, family: 'ipv4' },
  { address: '::1', prefixBits: 128, family: 'ipv6' },
]);

/** Only this machine reaches it. Of names only localhost is known to be so (RFC 6761); what others mean may change. */
export const isLoopback = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || isLoopbackAddress(plainAddress(host));

/** A block of addresses, kept as text: the server that lets peers in understands it. */
export const network: TextReader<string> = (text) =>
  E.isRight(parseCidr(text)) ? E.right(text) : E.left('a network such as 10.0.0.0/8, 192.168.1.7/32 or fd00::/8');
