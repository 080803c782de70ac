/** Texts that only the doctor reads. Total, like the parsers of adapters/monitor/kernel/parse. */
import * as E from 'fp-ts/Either';
import { type Parser, missing, unexpected } from '../../shared/parse/parse-error';
import { allFields, requiredField, wholeNumberAt } from '../../shared/parse/scan';
import { parseLimit } from '../../shared/parse/single-value';

export const firstLine: Parser<string> = (file, text) => {
  const [line = ''] = text.split('\n', 1);
  return line === '' ? E.left(missing(file, text, 'a line')) : E.right(line.trim());
};

/** cgroup.controllers, cgroup.subtree_control; empty when there are none. */
export const words: Parser<readonly string[]> = (_file, text) =>
  E.right(text.split(/\s+/).filter((word) => word !== ''));

/** oom_score_adj: -1000 to 1000. */
export const signedNumber: Parser<number> = (file, text) =>
  /^-?\d{1,9}\s*$/.test(text) ? E.right(Number(text)) : E.left(unexpected(file, text, 0, 'a whole number'));

/** memory.min: bytes, or Infinity for "max". */
export const protectedBytes: Parser<number> = (file, text) =>
  E.map((bytes: number | undefined) => bytes ?? Infinity)(parseLimit(file, text));

/** The rights that some step of protection needs; capabilities(7). */
const CAPABILITY_BITS = {
  CAP_KILL: 5,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
} as const;
export type Capability = keyof typeof CAPABILITY_BITS;

export interface Rights {
  /** Real user id. */
  readonly userId: number;
  /** The effective ones. */
  readonly capabilities: readonly Capability[];
}

const isCapability = (name: string): name is Capability => Object.hasOwn(CAPABILITY_BITS, name);
const ALL_CAPABILITIES = Object.keys(CAPABILITY_BITS).filter(isCapability);

/** The effective set, 64 bits in hexadecimal. */
const capabilities: Parser<readonly Capability[]> = (file, text) => {
  const [, hex] = /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(text) ?? [];
  if (hex === undefined) return E.left(missing(file, text, 'CapEff with up to 16 hexadecimal digits'));
  const set = BigInt(`0x${hex}`);
  return E.right(ALL_CAPABILITIES.filter((name) => ((set >> BigInt(CAPABILITY_BITS[name])) & 1n) === 1n));
};

/** /proc/PID/status: the real user id. */
export const userId: Parser<number> = (file, text) => requiredField(file, text, 'Uid:');

/** /proc/self/status. */
export const rights: Parser<Rights> = (file, text) =>
  allFields({ userId: userId(file, text), capabilities: capabilities(file, text) });

/** The first process of cgroup.procs. */
export const firstProcess: Parser<number> = (file, text) =>
  text.trim() === '' ? E.left({ file, message: 'no process is in it' }) : wholeNumberAt(file, text, 0);
