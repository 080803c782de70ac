/** `vm-monitor status [--addr HOST:PORT] [--json]`: what a running monitor thinks, from its status socket. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { flagsFromArguments } from '../shared/config/from-arguments';
import { runtimeDirectories } from '../shared/config/directories';
import type { Environment } from '../shared/config/environment';
import { askStatus } from '../tools/status/ask';
import { statusPage } from '../tools/status/page';
import type { StatusReport } from '../monitor/status/report';
import { statusSocketPath } from '../monitor/status/socket-path';
import { EXIT } from './exit-status';
import { STATUS_FLAGS } from './monitor-tool-flags';
import type { Terminal } from './terminal';

const NO_PORT = '--addr: port 0 names no monitor; give the port that it logged at "listening"';

const readArguments = (args: readonly string[]) =>
  pipe(
    flagsFromArguments(STATUS_FLAGS, args),
    E.filterOrElse(
      ({ addr }) => addr.port !== 0,
      () => NO_PORT,
    ),
  );

/** The first monitor that answers; else one line with every socket that was tried. */
const findReport = async (port: number, directories: readonly string[]): Promise<E.Either<string, StatusReport>> => {
  const failures: string[] = [];
  for (const directory of directories) {
    const report = await askStatus(statusSocketPath(directory, port));
    if (E.isRight(report)) return report;
    failures.push(report.left);
  }
  const advice = 'Is it running? Name its port by --addr, and call it as its user or as root';
  return E.left(`no monitor of port ${port} answers (${failures.join('; ')}). ${advice}`);
};

/** @param args what follows `status`; @returns the exit status: failed when no monitor answers */
export const statusCommand = async (
  args: readonly string[],
  environment: Environment,
  terminal: Terminal,
): Promise<number> => {
  const read = readArguments(args);
  if (E.isLeft(read)) {
    terminal.err(`vm-monitor status: ${read.left}\n`);
    return EXIT.refused;
  }
  const report = await findReport(read.right.addr.port, runtimeDirectories(environment));
  if (E.isLeft(report)) {
    terminal.err(`vm-monitor status: ${report.left}\n`);
    return EXIT.failed;
  }
  terminal.out(read.right.json ? `${JSON.stringify(report.right)}\n` : statusPage(report.right));
  return EXIT.ok;
};
