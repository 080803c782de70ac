/** The event log of a real session as lines, to be replayed whole or changed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withChecksum } from '../../adapters/shared/event-log/checksum';
import { GIB, MIB } from '../../machines/shared/units';
import { connectTo, startMonitorOn } from './command';
import { logDir, tempDir } from './event-log';
import { createKernelTree } from './fake-kernel-tree';
import { nextReply, nextRequest } from './monitor-frames';

/** The name of the recorded segment. */
export const NAME = '000000000001.ndjson';

/** A first decision, a breach, a second decision, a grant and a refused shrink. */
const record = async (dir: string): Promise<void> => {
  const tree = createKernelTree();
  const monitor = startMonitorOn(tree, dir, '--max-size', '3,1536MiB');
  const agent = await connectTo(monitor);
  expect(await nextRequest(agent)).toMatchObject({ target: { mem: GIB } });
  tree.setMemAvailableBytes(100 * MIB);
  expect(await nextRequest(agent)).toMatchObject({ target: { mem: 1536 * MIB } });
  agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: 3, mem: 1536 * MIB } }, id: 2 });
  expect(await nextReply(agent)).toMatchObject({ type: 'UpscaleConfirmation' });
  agent.send({ type: 'DownscaleRequest', content: { target: { cpu: 1, mem: 512 * MIB } }, id: 4 });
  expect(await nextReply(agent)).toMatchObject({ Ok: false });
  monitor.signal('SIGTERM');
  expect(await monitor.ended).toMatchObject({ status: 0 });
  tree.dispose();
};

/** The lines of the recorded segment. */
export const recordSession = async (): Promise<readonly string[]> => {
  const dir = tempDir();
  await record(dir);
  return (await readFile(join(dir, NAME), 'utf8')).trimEnd().split('\n');
};

/** A log directory with these lines in one segment. */
export const logOf = (changed: readonly string[]): Promise<string> => logDir({ [NAME]: `${changed.join('\n')}\n` });

/** Index of the last line of this type. */
export const lastOf = (lines: readonly string[], type: string): number =>
  lines.map((line) => line.includes(`"event":{"type":"${type}"`)).lastIndexOf(true);

const CHECKSUM = /,"crc":"[0-9a-f]{8}"\}$/;

/** A line that was written like this, and not changed after it. */
export const written = (line: string): string =>
  CHECKSUM.test(line) ? withChecksum(line.replace(CHECKSUM, '}')) : line;
