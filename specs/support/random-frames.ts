/** Random and mutated texts of frames from a seeded generator: what a broken or hostile agent might send. */
const VALID = [
  '{"content":{"granted":{"cpu":2,"mem":8589934592}},"type":"UpscaleNotification","id":4}',
  '{"content":{"target":{"cpu":1,"mem":4294967296}},"type":"DownscaleRequest","id":6}',
  '{"content":{},"type":"HealthCheck","id":8}',
  '{"content":{"error":"no"},"type":"InvalidMessage","id":3}',
  '{"content":{"error":"oops"},"type":"InternalError","id":3}',
  '{"content":{"target":{"cpu":4,"mem":17179869184},"reason":"full"},"type":"ScaleDenied","id":10}',
  '{"content":{"granted":{"cpu":1,"mem":1073741824},"etaMs":900},"type":"VmInfo","id":2}',
];

/** Pieces that make trouble for parsers and codecs. */
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\',
  '\\u0000',
  '\\ud800',
  '\ud83d\ude00',
  '\u0000',
  '\n',
  ' ',
  '-',
  '.',
  '0',
  '9',
  '1e999',
  '-0',
  '18446744073709551616',
  '9007199254740993',
  'null',
  'true',
  '{}',
  '[]',
  '"id":1,',
  '"__proto__":{"id":1},',
  '"type":"ScaleRequest",',
  '"content":{},',
  '"constructor":null,',
];

type Random = () => number;

const pick = <A>(random: Random, choices: readonly A[]): A => choices[Math.floor(random() * choices.length)]!;

/** Inserts, deletes, replaces or doubles a stretch at a random place. */
const mutate = (random: Random, text: string): string => {
  const from = Math.floor(random() * (text.length + 1));
  const to = Math.min(text.length, from + Math.floor(random() * 8));
  const [head, middle, tail] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
  return pick(random, [
    () => head + pick(random, PIECES) + middle + tail,
    () => head + tail,
    () => head + pick(random, PIECES) + tail,
    () => head + middle + middle + tail,
  ])();
};

const soup = (random: Random): string =>
  Array.from({ length: Math.floor(random() * 40) }, () => pick(random, PIECES)).join('');

/** One text: a valid frame, one with a few mutations, or a soup of pieces. Lone surrogates become U+FFFD as on a wire. */
export const randomFrame = (random: Random): string => {
  const kind = random();
  if (kind < 0.1) return pick(random, VALID);
  if (kind > 0.8) return Buffer.from(soup(random)).toString('utf8');
  let text = pick(random, VALID);
  for (let i = 0; i <= random() * 4; i += 1) text = mutate(random, text);
  return Buffer.from(text).toString('utf8');
};
