/**
 * Records the golden logs beside this file that are not there yet: short stories of the real monitor on a fake kernel tree,
 * with a real socket and in real time (but protection-story.ts and agent-story.ts). From the repository's root:
 *
 *   npx esbuild specs/replay/record.ts --bundle --platform=node --packages=external | node -
 *   UPDATE_GOLDEN=1 npx jest specs/replay
 *
 * A log that is there is kept as it is. Where the core is meant to decide otherwise than before, it goes into REDECIDED of
 * golden.spec.ts and into docs/replay.md, and its story is told once more under another name.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withChecksum } from '../../adapters/shared/event-log/checksum';
import type { AnyEnvelope } from '../../machines/shared/events/envelope';
import { GIB, MIB } from '../../machines/shared/units';
import { readAll, tempDir } from '../support/event-log';
import type { KernelTree } from '../support/fake-kernel-tree';
import { meminfoText } from '../support/kernel-texts';
import { nextOf, nextReply, nextRequest, nextWishFor } from '../support/monitor-frames';
import { startTestMonitor, stopMonitors, testTree, untilSnapshot, type RunningMonitor } from '../support/monitor';
import { agentLogOf, logOf } from '../support/story-log';
import { RANGE_V1_1, type TestAgent } from '../support/test-agent';
import { tellAgent } from './agent-story';
import { tellProtection } from './protection-story';

const DIRECTORY = 'specs/replay';

/** The monitor begins with 2 CPUs and 1 GiB, 324 MiB of it in use. */
const LARGE = { cpu: 3, mem: 1536 * MIB };
const SMALL = { cpu: 1, mem: 512 * MIB };

interface Stage {
  readonly tree: KernelTree;
  /** A monitor that has sampled; its log is that of the story. */
  readonly start: () => Promise<RunningMonitor>;
}

const grant = async (agent: TestAgent, granted: object): Promise<void> => {
  agent.send({ type: 'UpscaleNotification', content: { granted }, id: 2 });
  await nextOf(agent, 'UpscaleConfirmation');
};

/** Use grows from 324 MiB to 924 MiB, a step a beat. */
const fill = async ({ tree }: Stage, { next }: RunningMonitor): Promise<void> => {
  for (const availableMib of [600, 500, 400, 300, 200, 100]) {
    tree.setMemAvailableBytes(availableMib * MIB);
    await next('sample.taken', ({ readings }) => readings.memory?.availableBytes === availableMib * MIB);
  }
};

/** The kernel shows the new size, and the use that there was. */
const plugged = async ({ tree }: Stage, running: RunningMonitor): Promise<void> => {
  tree.set('proc/meminfo', meminfoText({ totalBytes: LARGE.mem, availableBytes: LARGE.mem - 924 * MIB }));
  await untilSnapshot(running, ({ observed }) => observed?.mem === LARGE.mem);
};

const V1_1 = { range: RANGE_V1_1 };

const refusedThenAllowed = async ({ tree, start }: Stage): Promise<void> => {
  const running = await start();
  const agent = await running.agent(V1_1);
  await untilSnapshot(running, ({ at }) => at > 1_000);
  agent.send({ type: 'DownscaleRequest', content: { target: { cpu: 1, mem: 256 * MIB } }, id: 2 });
  await nextReply(agent);
  agent.send({ type: 'DownscaleRequest', content: { target: SMALL }, id: 4 });
  await nextReply(agent);
  tree.set('proc/meminfo', meminfoText({ totalBytes: SMALL.mem, availableBytes: 188 * MIB }));
  await untilSnapshot(running, ({ observed }) => observed?.mem === SMALL.mem);
};

const upscaleGranted = async (stage: Stage): Promise<void> => {
  const running = await stage.start();
  await fill(stage, running);
  const agent = await running.agent(V1_1);
  await nextWishFor(agent, LARGE.mem);
  await grant(agent, LARGE);
  await plugged(stage, running);
};

const deniedThenGranted = async (stage: Stage): Promise<void> => {
  const running = await stage.start();
  await fill(stage, running);
  const agent = await running.agent(V1_1);
  await nextWishFor(agent, LARGE.mem);
  agent.send({ type: 'ScaleDenied', content: { target: LARGE, reason: 'the host is full' }, id: 4 });
  await nextWishFor(agent, LARGE.mem);
  await grant(agent, LARGE);
  await plugged(stage, running);
};

const oldAgent = async (stage: Stage): Promise<void> => {
  const running = await stage.start();
  await fill(stage, running);
  const agent = await running.agent();
  const { id } = await nextWishFor(agent, LARGE.mem);
  agent.send({ type: 'InvalidMessage', content: { error: 'Received message of unknown type' }, id });
  await nextOf(agent, 'UpscaleRequest');
  await grant(agent, LARGE);
  await plugged(stage, running);
};

const restarted = async (stage: Stage): Promise<void> => {
  const first = await stage.start();
  await fill(stage, first);
  const agent = await first.agent(V1_1);
  await nextWishFor(agent, LARGE.mem);
  await grant(agent, LARGE);
  await plugged(stage, first);
  await first.stop();
  stage.tree.set('proc/meminfo', meminfoText({ totalBytes: LARGE.mem, availableBytes: GIB }));
  const second = await stage.start();
  await nextRequest(await second.agent(V1_1));
};

/** Told once more where the core has come to decide otherwise: since 2026-11-29 by one ladder of what must be left of a size. */
const STORIES: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  'upscale-granted': upscaleGranted,
  'denied-then-granted': deniedThenGranted,
  'downscale-refused-then-allowed': refusedThenAllowed,
  'downscale-shared-memory-once': refusedThenAllowed,
  'old-agent': oldAgent,
  restart: restarted,
  'ladder-denied-then-granted': deniedThenGranted,
  'ladder-downscale-refused-then-allowed': refusedThenAllowed,
  'ladder-old-agent': oldAgent,
  'ladder-restart': restarted,
};

const stageOn = (tree: KernelTree, eventLog: string, started: RunningMonitor[]): Stage => ({
  tree,
  start: async () => {
    const running = await startTestMonitor({ tree, options: { eventLog, maxSize: '3,1536MiB' } });
    started.push(running);
    await running.first('sample.taken');
    return running;
  },
});

const pathOf = (name: string): string => join(DIRECTORY, `${name}.ndjson`);

const write = async (name: string, envelopes: readonly AnyEnvelope[]): Promise<void> => {
  const lines = envelopes.map((envelope) => `${withChecksum(JSON.stringify(envelope))}\n`);
  await writeFile(pathOf(name), lines.join(''), { flag: 'wx' });
};

const record = async (name: string, story: (stage: Stage) => Promise<void>): Promise<void> => {
  const logDir = tempDir();
  const started: RunningMonitor[] = [];
  await story(stageOn(testTree(), logDir, started));
  for (const running of started) await running.stop();
  await write(name, await readAll(logDir));
};

const recordMissing = async (): Promise<void> => {
  for (const name of ['protection', 'ladder-protection'])
    if (!existsSync(pathOf(name))) await write(name, logOf(tellProtection()));
  if (!existsSync(pathOf('agent'))) await write('agent', agentLogOf(tellAgent()));
  for (const [name, story] of Object.entries(STORIES)) {
    if (!existsSync(pathOf(name))) await record(name, story);
  }
  await stopMonitors();
};

void recordMissing();
