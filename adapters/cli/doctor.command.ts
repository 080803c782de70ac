/** `vm-monitor doctor [flags]`: what this machine allows, and the fixes. */
import * as E from 'fp-ts/Either';
import type { ValuesOf } from '../../machines/shared/config/flag';
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
  type ProbedPlaces,
} from '../tools/doctor';
import { EXIT, refuse, type CliCommand } from './command';
import { DOCTOR_FLAGS } from './monitor-tool-flags';

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

/** @param args what follows `doctor`; @returns the exit status: failed when something is missing that --protect needs */
export const doctorCommand: CliCommand = async (args, environment, terminal) => {
  const read = flagsFromArguments(DOCTOR_FLAGS, args);
  if (E.isLeft(read)) return refuse(terminal, 'vm-monitor doctor', read.left);
  const { protect, pgconnstr, json } = read.right;
  const asked = NEEDS_OF[protect];
  const findings = [...examine(await probe(placesFor(read.right, args, environment)))];
  if (pgconnstr !== null) findings.push(postgresFinding(await lookAtServer(pgconnstr)));
  terminal.out(json ? doctorJson(findings, asked) : doctorText(findings, asked));
  return summarise(findings, asked).needed > 0 ? EXIT.failed : EXIT.ok;
};
