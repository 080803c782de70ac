/** `vm-monitor doctor [flags]`: what this machine allows, and the fixes. */
import * as E from 'fp-ts/Either';
import type { ValuesOf } from '../shared/config/flag';
import { flagsFromArguments } from '../shared/config/from-arguments';
import { runtimeDirectory, stateDirectory } from '../shared/config/directories';
import type { Environment } from '../shared/config/environment';
import { lookAtServer } from '../monitor/postgres';
import {
  doctorJson,
  doctorText,
  examine,
  NEEDS_OF,
  postgresFinding,
  probe,
  summarise,
  type Finding,
  type ProbedPlaces,
} from '../tools/doctor';
import { EXIT } from './exit-status';
import { DOCTOR_FLAGS } from './monitor-tool-flags';
import type { Terminal } from './terminal';

type DoctorArguments = ValuesOf<typeof DOCTOR_FLAGS>;

/** As `run` would find them, started from here. */
const placesFor = (args: DoctorArguments, commandLine: readonly string[], environment: Environment): ProbedPlaces => ({
  ...args,
  sysRoot: '/sys',
  runtimeDir: runtimeDirectory(environment),
  eventLogDir: args.eventLog === 'none' ? null : (args.eventLog ?? stateDirectory(environment)),
  commandLine,
  environment: environment.environment,
});

const postgresFindings = async ({ pgconnstr }: DoctorArguments): Promise<readonly Finding[]> =>
  pgconnstr === null ? [] : [postgresFinding(await lookAtServer(pgconnstr))];

/** @param args what follows `doctor`; @returns the exit status: failed when something is missing that --protect needs */
export const doctorCommand = async (
  args: readonly string[],
  environment: Environment,
  terminal: Terminal,
): Promise<number> => {
  const read = flagsFromArguments(DOCTOR_FLAGS, args);
  if (E.isLeft(read)) {
    terminal.err(`vm-monitor doctor: ${read.left}\n`);
    return EXIT.refused;
  }
  const asked = NEEDS_OF[read.right.protect];
  const findings = [
    ...examine(await probe(placesFor(read.right, args, environment))),
    ...(await postgresFindings(read.right)),
  ];
  terminal.out(read.right.json ? doctorJson(findings, asked) : doctorText(findings, asked));
  return summarise(findings, asked).needed > 0 ? EXIT.failed : EXIT.ok;
};
