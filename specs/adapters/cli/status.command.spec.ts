/** The command against a real socket, found by the runtime directory as a monitor would choose it. */
import { join } from 'node:path';
import { statusCommand } from '../../../adapters/cli/status.command';
import { serveStatus, type StatusServer } from '../../../adapters/monitor/status/serve';
import { statusSocketPath } from '../../../adapters/monitor/status/socket-path';
import { captured } from '../../support/captured-terminal';
import { rightOf } from '../../support/either';
import { removeTempDirs, tempDir } from '../../support/event-log';
import { surroundings } from '../../support/environment';
import { emptyReport, statusReport } from '../tools/status/support';

let directory: string;
const servers: StatusServer[] = [];
beforeEach(() => {
  directory = tempDir();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  removeTempDirs();
});

const serve = async (port: number, report = statusReport()): Promise<void> => {
  servers.push(rightOf(await serveStatus(statusSocketPath(directory, port), () => report)));
};

const underService = () => surroundings({ environment: { RUNTIME_DIRECTORY: directory } });

const call = (args: readonly string[], given = underService()) =>
  captured((terminal) => statusCommand(args, given, terminal));

describe('vm-monitor status', () => {
  it('shows a page of the monitor at the default address', async () => {
    await serve(10301);
    const { status, out, err } = await call([]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('desired   1 vCPU, 4 GiB\n');
    expect(out).toContain('larger?   denied: no room on this host; requested again\n');
  });

  it.each([
    ['--addr', '127.0.0.1:4711'],
    ['-a', ':4711'],
    ['-a', '[::1]:4711'],
  ])('finds the monitor by the port of %s %s', async (flag, address) => {
    await serve(10301);
    await serve(4711, statusReport({ address: 'the other' }));
    expect((await call([flag, address])).out).toContain('at the other');
  });

  it.each([statusReport(), emptyReport()])('--json prints the report for programs', async (report) => {
    await serve(10301, report);
    const { status, out } = await call(['--json']);
    expect(status).toBe(0);
    expect(out.indexOf('\n')).toBe(out.length - 1);
    expect(JSON.parse(out)).toEqual(report);
  });

  it('says which socket was tried and what to do when no monitor answers', async () => {
    const socket = statusSocketPath(directory, 10301);
    expect(await call([])).toEqual({
      status: 1,
      out: '',
      err:
        `vm-monitor status: no monitor of port 10301 answers (${socket}: no such socket). ` +
        'Is it running? Name its port by --addr, and call it as its user or as root\n',
    });
  });

  it('finds a monitor of the same user where the one of the system does not answer', async () => {
    const tmpDir = directory;
    directory = join(tmpDir, 'vm-monitor-1000');
    await serve(65_535);
    const { status, out } = await call(['--addr', ':65535'], surroundings({ tmpDir, uid: 1000 }));
    expect({ status, page: out.slice(0, 7) }).toEqual({ status: 0, page: 'monitor' });
  });

  it.each([
    [['--adr', 'x'], /--adr: unknown, allowed are --addr, --json/],
    [['now'], /argument "now": unknown, allowed are --addr, --json/],
    [['--addr', 'nowhere'], /--addr "nowhere": expected HOST:PORT/],
    [['--addr', '127.0.0.1:0'], /port 0 names no monitor/],
    [['--json=yes'], /--json "yes": expected true or false/],
  ])('%j is refused with status 2', async (args, message) => {
    const { status, out, err } = await call(args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).toMatch(/^vm-monitor status: /);
  });
});
