/** `vm-monitor doctor [--cgroup NAME] [--protect LEVEL] [--json]`: what this machine allows, and the fixes. */
import { parseArgs } from 'node:util';
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { errorText } from '../../machines/error-text';
import type { Flag } from '../config/flag';
import { longName } from '../config/flag-names';
import { FLAGS, type FlagKey, type FlagValues } from '../config/flags';
import { runtimeDirectory } from '../config/runtime-directory';
import { stateDirectory } from '../config/state-directory';
import type { Surroundings } from '../config/surroundings';
import { doctorJson, doctorText, examine, NEEDS_OF, probe, summarise, type Places } from '../doctor';
import { EXIT } from './exit-status';
import type { Terminal } from './terminal';

type DoctorArguments = Pick<FlagValues, 'cgroup' | 'protect' | 'cgroupRoot' | 'procRoot'> & { readonly json: boolean };

/** The flag as `run` reads it. */
const readFlag = <Value>(key: FlagKey, flag: Flag<Value>, text: string | undefined): E.Either<string, Value> =>
  pipe(
    flag.read(text === undefined ? [] : [text]),
    E.mapLeft((allowed) => `--${longName(key)} ${JSON.stringify(text ?? '')}: expected ${allowed}`),
  );

/** @throws TypeError (of parseArgs) that names an unknown argument */
const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: {
      cgroup: { type: 'string', short: 'c' },
      protect: { type: 'string' },
      'cgroup-root': { type: 'string' },
      'proc-root': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  }).values;

const readArguments = (args: readonly string[]): E.Either<string, DoctorArguments> =>
  pipe(
    E.tryCatch(
      () => parse(args),
      (error) => errorText(error).replaceAll('\n', ' '),
    ),
    E.chain((given) =>
      pipe(
        E.Do,
        E.bind('cgroup', () => readFlag('cgroup', FLAGS.cgroup, given.cgroup)),
        E.bind('protect', () => readFlag('protect', FLAGS.protect, given.protect)),
        E.bind('cgroupRoot', () => readFlag('cgroupRoot', FLAGS.cgroupRoot, given['cgroup-root'])),
        E.bind('procRoot', () => readFlag('procRoot', FLAGS.procRoot, given['proc-root'])),
        E.map((flags) => ({ ...flags, json: given.json })),
      ),
    ),
  );

/** As `run` would find them, started from here. */
const placesFor = (
  args: DoctorArguments,
  { environment, homeDir, uid, tmpDir, canHoldFiles }: Surroundings,
): Places => ({
  procRoot: args.procRoot,
  sysRoot: '/sys',
  cgroupRoot: args.cgroupRoot,
  cgroup: args.cgroup,
  runtimeDirectory: runtimeDirectory(environment, uid, tmpDir, canHoldFiles),
  stateDirectory: stateDirectory(environment, homeDir, canHoldFiles),
  environment,
  nodeVersion: process.versions.node,
});

/** @param args what follows `doctor`; @returns the exit status: failed when something is missing that --protect needs */
export const doctorCommand = async (
  args: readonly string[],
  surroundings: Surroundings,
  terminal: Terminal,
): Promise<number> => {
  const read = readArguments(args);
  if (E.isLeft(read)) {
    terminal.err(`vm-monitor doctor: ${read.left}\n`);
    return EXIT.refused;
  }
  const asked = NEEDS_OF[read.right.protect];
  const findings = examine(await probe(placesFor(read.right, surroundings)));
  terminal.out(read.right.json ? doctorJson(findings, asked) : doctorText(findings, asked));
  return summarise(findings, asked).needed > 0 ? EXIT.failed : EXIT.ok;
};
