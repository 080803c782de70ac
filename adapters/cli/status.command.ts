/** `vm-monitor status [--addr HOST:PORT] [--json]`: what a running monitor thinks, from its status socket. */
import { parseArgs } from 'node:util';
import * as E from 'fp-ts/Either';
import { errorText } from '../../machines/error-text';
import { FLAGS } from '../config/flags';
import { runtimeDirectories } from '../config/runtime-directory';
import type { Surroundings } from '../config/surroundings';
import { askStatus } from '../status/ask';
import { statusPage } from '../status/page';
import type { StatusReport } from '../status/report';
import { statusSocketPath } from '../status/socket-path';
import { EXIT } from './exit-status';
import type { Terminal } from './terminal';

interface StatusArguments {
  readonly port: number;
  readonly json: boolean;
}

const readPort = (texts: readonly string[]): number | string => {
  const addr = FLAGS.addr.read(texts);
  if (E.isLeft(addr)) return `--addr ${JSON.stringify(texts.at(-1))}: expected ${addr.left}`;
  return addr.right.port === 0
    ? '--addr: port 0 names no monitor; give the port that it said at "listening"'
    : addr.right.port;
};

const readArguments = (args: readonly string[]): StatusArguments | string => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { addr: { type: 'string', short: 'a' }, json: { type: 'boolean', default: false } },
    });
    const port = readPort(values.addr === undefined ? [] : [values.addr]);
    return typeof port === 'string' ? port : { port, json: values.json };
  } catch (error) {
    return errorText(error);
  }
};

/** The first monitor that answers; else one line with every socket that was tried. */
const findReport = async (port: number, directories: readonly string[]): Promise<E.Either<string, StatusReport>> => {
  const failures: string[] = [];
  for (const directory of directories) {
    const report = await askStatus(statusSocketPath(directory, port));
    if (E.isRight(report)) return report;
    failures.push(report.left);
  }
  const advice = 'Is it running? Name its port by --addr, and ask as its user or as root';
  return E.left(`no monitor of port ${port} answers (${failures.join('; ')}). ${advice}`);
};

/** @param args what follows `status`; @returns the exit status: failed when no monitor answers */
export const statusCommand = async (
  args: readonly string[],
  { environment, uid, tmpDir }: Surroundings,
  terminal: Terminal,
): Promise<number> => {
  const read = readArguments(args);
  if (typeof read === 'string') {
    terminal.err(`vm-monitor status: ${read}\n`);
    return EXIT.refused;
  }
  const report = await findReport(read.port, runtimeDirectories(environment, uid, tmpDir));
  if (E.isLeft(report)) {
    terminal.err(`vm-monitor status: ${report.left}\n`);
    return EXIT.failed;
  }
  terminal.out(read.json ? `${JSON.stringify(report.right)}\n` : statusPage(report.right));
  return EXIT.ok;
};
