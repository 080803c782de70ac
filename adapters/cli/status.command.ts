/** `vm-monitor status [--addr HOST:PORT] [--json]`: what a running monitor thinks, from its status socket. */
import * as E from 'fp-ts/Either';
import { flagsFromArguments } from '../shared/config/from-arguments';
import { runtimeDirectories } from '../shared/config/directories';
import { askStatus } from '../tools/status/ask';
import { statusPage } from '../tools/status/page';
import type { StatusReport } from '../monitor/status/report';
import { statusSocketPath } from '../monitor/status/socket-path';
import { EXIT, refuse, type CliCommand } from './command';
import { STATUS_FLAGS } from './monitor-tool-flags';

const NO_PORT = '--addr: port 0 names no monitor; give the port that it logged at "listening"';

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
export const statusCommand: CliCommand = async (args, environment, terminal) => {
  const read = flagsFromArguments(STATUS_FLAGS, args);
  if (E.isLeft(read)) return refuse(terminal, 'vm-monitor status', read.left);
  const { addr, json } = read.right;
  if (addr.port === 0) return refuse(terminal, 'vm-monitor status', NO_PORT);
  const report = await findReport(addr.port, runtimeDirectories(environment));
  if (E.isLeft(report)) {
    terminal.err(`vm-monitor status: ${report.left}\n`);
    return EXIT.failed;
  }
  terminal.out(json ? `${JSON.stringify(report.right)}\n` : statusPage(report.right));
  return EXIT.ok;
};
