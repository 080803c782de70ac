/** A file of fewer than 30 lines with one user belongs to that user, unless there is a reason for it to stand alone. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from '../support/repository-root';

const FEW_LINES = 30;

/** Why they stand alone. */
const REASONS: readonly (readonly [files: RegExp, reason: string])[] = [
  [/\/index\.ts$/, 'the door of a room'],
  [/^streams\/(cpu-load|memory-high|memory-use|pressure|size)\.ts$/, 'a signal of the mission, found by its name'],
  [/^adapters\/monitor\/kernel\/parse\//, 'the parser of one kernel file, found by its name'],
  [/\.region\.ts$/, 'a region of the statechart'],
  [/-(sentences|rows)\.ts$/, 'a table; its user is the machinery around several of them'],
  [/\.command\.ts$/, 'a command, found by its name'],
  [/^adapters\/cli\/(monitor|tool)-commands\.ts$/, 'what a program holds, without being one: specs import it'],
  [/^adapters\/embedding\/start-monitor\.ts$/, 'the package root hands it on'],
  [/^adapters\/monitor\/runtime\/read-event-log\.ts$/, 'the package root hands it on'],
  [/^adapters\/shared\/event-log\/crc32\.ts$/, 'an algorithm that is known by its name'],
  [/^adapters\/shared\/logging\/(json-line|field-text)\.ts$/, 'one of two forms of a line, beside the other'],
  [
    /^adapters\/(monitor\/own-process|tools\/doctor|tools\/simulate\/plot)\//,
    'an effect or a look apart from the pure part that uses it',
  ],
  [
    /^adapters\/monitor\/(agent-link|postgres|service|kernel)\//,
    'a part with a spec or a library of its own behind it',
  ],
  [/^adapters\/monitor\/runtime\/serve-status\.ts$/, 'its user is the composition, which holds no parts'],
  [/^adapters\/monitor\/logging\/lack-lines\.ts$/, 'one of two warnings that are logged once, beside the other'],
  [/^adapters\/shared\/event-log\/overflow\.ts$/, 'a message that is tested alone'],
  [/^machines\/simulation\/world\/load\//, 'one load of the table, found by its name'],
  [/^machines\/monitor\/protection\/hard-limit\.ts$/, 'a formula with its source, tested alone'],
];

const files = ['machines', 'streams', 'adapters'].flatMap((layer) =>
  readdirSync(join(ROOT, layer), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(layer, name)),
);

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const importsOf = (file: string): readonly string[] =>
  [...textOf(file).matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, path = '']) => {
    const found = normalize(join(dirname(file), path));
    return existsSync(join(ROOT, `${found}.ts`)) ? `${found}.ts` : join(found, 'index.ts');
  });

const users = new Map<string, number>();
for (const file of files) for (const used of new Set(importsOf(file))) users.set(used, (users.get(used) ?? 0) + 1);

const isSmall = (file: string): boolean => textOf(file).split('\n').length - 1 < FEW_LINES;

const small = files.filter((file) => users.get(file) === 1 && isSmall(file));

it('there are small files with one user: the look for them works', () => {
  expect(small).toContain('streams/size.ts');
});

it('each of them has a reason', () => {
  expect(small.filter((file) => !REASONS.some(([pattern]) => pattern.test(file)))).toEqual([]);
});

it('each reason is still needed', () => {
  expect(REASONS.filter(([pattern]) => !small.some((file) => pattern.test(file))).map(([, reason]) => reason)).toEqual(
    [],
  );
});
