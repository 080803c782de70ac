/** Which addresses may connect: a list of CIDR blocks. */
import { BlockList, isIP, isIPv4 } from 'node:net';
import * as E from 'fp-ts/Either';

/** A block of addresses; a bare address is a block of one. */
export interface Cidr {
  readonly address: string;
  readonly prefixBits: number;
  readonly family: 'ipv4' | 'ipv6';
}

const FAMILIES = { 4: { family: 'ipv4', bits: 32 }, 6: { family: 'ipv6', bits: 128 } } as const;

/** Reads "10.0.0.0/8", "fd00::/8" or a bare address; left: what is allowed. */
export const parseCidr = (text: string): E.Either<string, Cidr> => {
  const refused = E.left(`"${text}" is not a CIDR block such as 10.0.0.0/8, fd00::/8 or a single address`);
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (rest.length > 0 || (version !== 4 && version !== 6)) return refused;
  const { family, bits } = FAMILIES[version];
  const prefixText = prefix ?? String(bits);
  if (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > bits) return refused;
  return E.right({ address, prefixBits: Number(prefixText), family });
};

const MAPPED_PREFIX = '::ffff:';

/** The address as an operator writes it: IPv4 that came over an IPv6 socket is IPv4; no zone ("%eth0"). */
export const plainAddress = (address: string): string => {
  const withoutZone = address.split('%', 1)[0] ?? '';
  const mapped = withoutZone.slice(MAPPED_PREFIX.length);
  return withoutZone.toLowerCase().startsWith(MAPPED_PREFIX) && isIPv4(mapped) ? mapped : withoutZone;
};

/** @returns a test of plain addresses; with no blocks at all every peer is allowed. */
export const peerFilter = (blocks: readonly Cidr[]): ((address: string) => boolean) => {
  if (blocks.length === 0) return () => true;
  const list = new BlockList();
  for (const { address, prefixBits, family } of blocks) list.addSubnet(address, prefixBits, family);
  return (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
};
