/** Secrets are found however JSON writes them. */
import { tokenRedactor } from '../../../../adapters/monitor/agent-link/token';
import { createRedactor } from '../../../../adapters/shared/logging/redact';
import { mulberry32 } from '../../../support/prng';

const ALPHABET = 'abcSXYZ0189-._~+/="\\$^{}é€😀';
const RUNS = 300;

type Random = () => number;

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

const randomSecret = (random: Random): string =>
  Array.from({ length: 4 + Math.floor(random() * 12) }, () => pick(random, Array.from(ALPHABET))).join('');

const anyCase = (random: Random, text: string): string => (random() < 0.5 ? text : text.toUpperCase());

/** JSON of a text with some characters escaped that need not be. */
const escapedAtRandom = (random: Random, text: string): string => {
  const units = text.split('').map((unit) => {
    if (random() < 0.5) return `\\u${anyCase(random, unit.charCodeAt(0).toString(16).padStart(4, '0'))}`;
    return unit === '/' && random() < 0.5 ? '\\/' : JSON.stringify(unit).slice(1, -1);
  });
  // A surrogate alone is escaped by JSON.stringify, which is as good.
  return `"${units.join('')}"`;
};

/** All texts in a value, keys too, decoded. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
};

const PLACES: readonly ((json: string) => string)[] = [
  (json) => `{"content":{"error":${json}},"type":"InternalError","id":1}`,
  (json) => `{${json}:{"a":[1,{${json}:null}]},"type":"X"}`,
  (json) => `[[[${json}]],${json}]`,
];

it('a secret that some peer sends in a frame is gone from the decoded frame, keys and nested values too', () => {
  const random = mulberry32(20_261_129);
  for (let run = 0; run < RUNS; run += 1) {
    const secret = randomSecret(random);
    const text = pick(random, PLACES)(escapedAtRandom(random, `before ${secret} after`));
    for (const redact of [tokenRedactor(secret), createRedactor([secret])]) {
      const left = textsIn(JSON.parse(redact(text))).filter((each) => each.includes(secret));
      expect([secret, text, left]).toEqual([secret, text, []]);
    }
  }
});

it('also in JSON within JSON', () => {
  const inner = '{"token":"\\u0053\\u0033cret-\\u0074oken"}';
  for (const text of [inner, JSON.stringify(inner), JSON.stringify({ a: JSON.stringify(inner) })]) {
    expect(tokenRedactor('S3cret-token')(text)).toContain('***');
    expect(tokenRedactor('S3cret-token')(text)).not.toMatch(/0053|oken"}/);
  }
  expect(tokenRedactor('S3cret-token')('\\u005cu0053\\u005cu0033cret-token')).toBe('***');
});

it('leaves alone what is no secret, escapes included', () => {
  const text = '{"a":"\\u0053omething else \\\\ \\/ s3cret-token","b":1}';
  expect(tokenRedactor('S3cret-token')(text)).toBe(text);
});

it('takes no longer for a text of backslashes than for others', () => {
  const text = '\\'.repeat(65_536);
  expect(tokenRedactor('S3cret-token')(text)).toBe(text);
  expect(tokenRedactor('\\\\\\\\\\\\\\\\x')(text)).toBe(text);
});
