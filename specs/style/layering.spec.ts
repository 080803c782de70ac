/** The fences between the layers hold, and each of them can fail. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');
/** Each check starts a program that parses TypeScript, on a machine that may be busy. */
jest.setTimeout(60_000);

const LAYERS = ['machines', 'streams', 'adapters', 'specs'];

const check = (cwd: string): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin/depcruise'), LAYERS, {
    cwd,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
};

it('this repository imports only what its layers allow', () => {
  expect(check(ROOT)).toMatchObject({ status: 0 });
});

/** A small tree with our configuration. */
const FINE = {
  'machines/size.ts': 'export const size = 1;',
  'streams/sampling-clock.ts': "import { size } from '../machines/size';\nexport const clock = size;",
  'adapters/index.ts':
    "import { readFileSync } from 'node:fs';\nimport { clock } from '../streams/sampling-clock';\nexport const text = readFileSync(String(clock));",
  'specs/text.spec.ts': "import { text } from '../adapters/index';\nexport const t = text;",
};

/** A file that breaks a rule, and the rule. */
const FORBIDDEN: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['machines-are-pure', 'machines/node.ts', "import 'node:fs';"],
  ['machines-are-pure', 'machines/rx.ts', "import 'rxjs';"],
  ['machines-are-pure', 'machines/stream.ts', "import '../streams/sampling-clock';"],
  [
    'machines-are-pure',
    'machines/type.ts',
    "import type { text } from '../adapters/index';\nexport type T = typeof text;",
  ],
  ['streams-do-no-io', 'streams/node.ts', "import 'node:net';"],
  ['streams-do-no-io', 'streams/socket.ts', "import 'ws';"],
  ['streams-do-no-io', 'streams/adapter.ts', "import '../adapters/index';"],
  ['nothing-imports-specs', 'adapters/spec.ts', "import '../specs/text.spec';"],
  ['no-dev-dependencies', 'adapters/dev.ts', "import 'esbuild';"],
  ['monitor-and-agent-share-only-shared', 'adapters/monitor/agent.ts', "import '../agent/index';"],
  ['monitor-and-agent-share-only-shared', 'machines/agent/monitor.ts', "import '../monitor/index';"],
  ['shared-knows-no-program', 'adapters/shared/monitor.ts', "import '../monitor/index';"],
  ['streams-feed-the-monitor', 'adapters/agent/stream.ts', "import '../../streams/sampling-clock';"],
  ['no-program-imports-the-command-line', 'adapters/tools/command.ts', "import '../cli/index';"],
  ['no-cycles', 'adapters/tick.ts', "import './tock';"],
  ['no-orphans', 'machines/unused.ts', 'export const unused = 1;'],
];

/** What the forbidden files import of programs. */
const PROGRAMS = [
  'adapters/monitor/index.ts',
  'adapters/agent/index.ts',
  'machines/monitor/index.ts',
  'adapters/cli/index.ts',
];

/** Writes the files into a directory of their own, beside our configuration. */
const plant = (files: Readonly<Record<string, string>>): string => {
  const dir = mkdtempSync(join(tmpdir(), 'vm-monitor-layers-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
    cpSync(join(ROOT, file), join(dir, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  }
  return dir;
};

it('a tree that keeps to the layers passes', () => {
  const dir = plant(FINE);
  expect(check(dir)).toMatchObject({ status: 0 });
  rmSync(dir, { recursive: true });
});

describe('a tree with forbidden imports', () => {
  let found: ReturnType<typeof check>;
  beforeAll(() => {
    const dir = plant({
      ...FINE,
      'adapters/tock.ts': "import './tick';",
      ...Object.fromEntries(PROGRAMS.map((file) => [file, 'export {};'])),
      ...Object.fromEntries(FORBIDDEN.map(([, file, text]) => [file, text])),
    });
    found = check(dir);
    rmSync(dir, { recursive: true });
  });

  it.each(FORBIDDEN)('fails by the rule %s for %s: %j', (rule, file) => {
    expect(found.status).toBeGreaterThan(0);
    expect(found.output).toMatch(new RegExp(`error ${rule}: ${file}`));
  });

  it('is not blamed for what it may import', () => {
    for (const file of Object.keys(FINE)) expect(found.output).not.toContain(`: ${file} `);
  });
});
