/** One vocabulary (docs/glossary.md): private words stay out of code and documents, and no name is exported twice. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** What stands for each of them is in docs/glossary.md. */
const PRIVATE_WORDS = [
  ...[
    'beats?',
    'wish(?:es|ed)?',
    'brakes?',
    'growers?',
    'surroundings',
    'contestants?',
    'ledgers?',
    'danger',
    'charts?',
  ],
  ...['regret(?:s|ted)?', 'flutter(?:s|ed)?', 'unmoved', 'eras?', 'heart', 'hears?', 'heard', 'stor(?:y|ies)'],
  ...['lets? go', 'strikes? out', 'told apart'],
];
const PRIVATE = new RegExp(`\\b(?:${PRIVATE_WORDS.join('|')})\\b`, 'gi');

/** Files that may use them, and why. */
const EXEMPT: readonly (readonly [path: RegExp, reason: string])[] = [
  [/^machines\/shared\/events\/version-1\.ts$/, 'the words of logs of version 1'],
];

/** Phrases that may stand, and why. */
const ALLOWED: readonly (readonly [phrase: string, reason: string])[] = [
  ['--beat-ms', 'a flag of vm-monitor simulate that others rely on'],
  ['#wishes', 'a seed: another word would be other random numbers'],
];

const filesIn = (directory: string, ending: string): readonly string[] =>
  readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(directory, name));

const SOURCES = ['machines', 'streams', 'adapters'].flatMap((layer) => filesIn(layer, '.ts'));
const TEXTS = [...SOURCES, ...filesIn('docs', '.md'), 'README.md'];

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const privateWordsIn = (text: string): readonly string[] =>
  ALLOWED.reduce((rest, [phrase]) => rest.replaceAll(phrase, ''), text).match(PRIVATE) ?? [];

const isExempt = (path: string): boolean => EXEMPT.some(([pattern]) => pattern.test(path));

describe('the vocabulary', () => {
  it('has no private word', () => {
    const found = TEXTS.filter((path) => !isExempt(path)).flatMap((path) =>
      privateWordsIn(read(path)).map((word) => `${path}: ${word}`),
    );
    expect(found).toEqual([]);
  });

  it.each([
    ['/** Takes one beat. */', 'beat'],
    ["info('the Growers are held')", 'Growers'],
    ['const wish = 1;', 'wish'],
    ['they are let go', 'let go'],
  ])('%j would be found', (text, word) => {
    expect(privateWordsIn(text)).toEqual([word]);
  });

  it.each(['heartbeat', 'statechart', 'beatMs', '--beat-ms 60000', 'overall', 'history'])('%j is none', (text) => {
    expect(privateWordsIn(text)).toEqual([]);
  });

  it('exempts only files that are there', () => {
    expect(EXEMPT.filter(([pattern]) => !TEXTS.some((path) => pattern.test(path)))).toEqual([]);
  });
});

const EXPORTED =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|function\*?|class|interface|type|enum) (\w+)/gm;

/** Names that more than one file exports, with the files. */
const exportedTwice = (files: readonly (readonly [path: string, text: string])[]): readonly string[] => {
  const places = new Map<string, Set<string>>();
  for (const [path, text] of files) {
    for (const [, name = ''] of text.matchAll(EXPORTED)) places.set(name, (places.get(name) ?? new Set()).add(path));
  }
  return [...places].filter(([, paths]) => paths.size > 1).map(([name, paths]) => `${name}: ${[...paths].join(', ')}`);
};

describe('exported names', () => {
  it('mean one thing each', () => {
    expect(exportedTwice(SOURCES.map((path) => [path, read(path)] as const))).toEqual([]);
  });

  it('are found where two files share one, and not where a codec and its type do', () => {
    const files = [
      ['a.ts', 'export const Size = 1;\nexport type Size = 2;'],
      ['b.ts', 'export interface Need {}'],
      ['c.ts', 'export const Need = 3;'],
    ] as const;
    expect(exportedTwice(files)).toEqual(['Need: b.ts, c.ts']);
  });
});
