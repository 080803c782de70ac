import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { isLeft } from 'fp-ts/Either';
import { claimLogDirectory } from '../../../../adapters/shared/event-log/claim';
import { Envelope } from '../../../../machines/monitor/events/logged';
import { recoverEventLog } from '../../../../adapters/shared/event-log/recover';
import { count, readAll, removeTempDirs, seqsOf, tempDir } from '../../../support/event-log';

afterAll(removeTempDirs);

it('a writer that is killed in the middle of its work leaves a readable log that can be continued', async () => {
  const [dir, bin] = [tempDir(), join(tempDir(), 'writer.js')];
  buildSync({ entryPoints: [join(__dirname, 'killed-writer.ts')], bundle: true, platform: 'node', outfile: bin });
  const child = spawn(process.execPath, [bin, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');

  const seqs = seqsOf(await readAll(dir));
  expect(seqs.length).toBeGreaterThan(2000);
  expect(seqs).toEqual(count(1, seqs.length));

  const claimed = await claimLogDirectory(dir);
  if (isLeft(claimed)) throw new Error(claimed.left);
  const recovered = await recoverEventLog(claimed.right, Envelope);
  expect(recovered).toMatchObject({ _tag: 'Right', right: { lastSeq: seqs.at(-1), resumedAfter: null } });
});
