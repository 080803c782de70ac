import * as E from 'fp-ts/Either';
import { parseCidr, peerFilter, plainAddress } from '../../../adapters/shared/peers';

it.each([
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::FFFF:10.1.2.3', '10.1.2.3'],
  ['::ffff:abcd', '::ffff:abcd'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::1', '::1'],
])('the address %s is written %s', (address, plain) => {
  expect(plainAddress(address)).toBe(plain);
});

it.each([
  ['10.0.0.0/8', { address: '10.0.0.0', prefixBits: 8, family: 'ipv4' }],
  ['10.0.0.7', { address: '10.0.0.7', prefixBits: 32, family: 'ipv4' }],
  ['0.0.0.0/0', { address: '0.0.0.0', prefixBits: 0, family: 'ipv4' }],
  ['fd00::/8', { address: 'fd00::', prefixBits: 8, family: 'ipv6' }],
  ['::1', { address: '::1', prefixBits: 128, family: 'ipv6' }],
])('the block %s is read', (text, cidr) => {
  expect(parseCidr(text)).toEqual(E.right(cidr));
});

describe('a filter of blocks', () => {
  const isAllowed = peerFilter([
    { address: '10.0.0.0', prefixBits: 8, family: 'ipv4' },
    { address: 'fd00::', prefixBits: 8, family: 'ipv6' },
  ]);

  it.each([
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['fd12::1', true],
    ['fe80::1', false],
    ['', false],
    ['localhost', false],
  ])('answers %p with %p', (address, expected) => {
    expect(isAllowed(address)).toBe(expected);
  });

  it('without blocks lets all in', () => {
    expect(peerFilter([])('192.0.2.1')).toBe(true);
  });
});
