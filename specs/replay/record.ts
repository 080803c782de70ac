/**
 * Records the golden logs beside this file: short stories of the real monitor on a fake kernel tree,
 * with a real socket and in real time (but protection-story.ts and agent-story.ts). From the repository's root:
 *
 *   npx esbuild specs/replay/record.ts --bundle --platform=node --packages=external | node -
 *   UPDATE_GOLDEN=1 npx jest specs/replay
 *
 * To be done when the core is meant to decide otherwise than before; read the difference of the
 * *.golden.txt before you keep it.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyEnvelope } from '../../machines/events/envelope';
import { GIB, MIB } from '../../machines/units';
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
    await next('beat.sampled', ({ readings }) => readings.memory?.availableBytes === availableMib * MIB);
  }
};

/** The kernel shows the new size, and the use that there was. */
const plugged = async ({ tree }: Stage, running: RunningMonitor): Promise<void> => {
  tree.set('proc/meminfo', meminfoText({ totalBytes: LARGE.mem, availableBytes: LARGE.mem - 924 * MIB }));
  await untilSnapshot(running, ({ seen }) => seen?.mem === LARGE.mem);
};

const V1_1 = { range: RANGE_V1_1 };

const STORIES: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  'upscale-granted': async (stage) => {
    const running = await stage.start();
    await fill(stage, running);
    const agent = await running.agent(V1_1);
    await nextWishFor(agent, LARGE.mem);
    await grant(agent, LARGE);
    await plugged(stage, running);
  },
  'denied-then-granted': async (stage) => {
    const running = await stage.start();
    await fill(stage, running);
    const agent = await running.agent(V1_1);
    await nextWishFor(agent, LARGE.mem);
    agent.send({ type: 'ScaleDenied', content: { target: LARGE, reason: 'the host is full' }, id: 4 });
    await nextWishFor(agent, LARGE.mem);
    await grant(agent, LARGE);
    await plugged(stage, running);
  },
  'downscale-refused-then-allowed': async ({ tree, start }) => {
    const running = await start();
    const agent = await running.agent(V1_1);
    await untilSnapshot(running, ({ at }) => at > 1_000);
    agent.send({ type: 'DownscaleRequest', content: { target: { cpu: 1, mem: 256 * MIB } }, id: 2 });
    await nextReply(agent);
    agent.send({ type: 'DownscaleRequest', content: { target: SMALL }, id: 4 });
    await nextReply(agent);
    tree.set('proc/meminfo', meminfoText({ totalBytes: SMALL.mem, availableBytes: 188 * MIB }));
    await untilSnapshot(running, ({ seen }) => seen?.mem === SMALL.mem);
  },
  'old-agent': async (stage) => {
    const running = await stage.start();
    await fill(stage, running);
    const agent = await running.agent();
    const { id } = await nextWishFor(agent, LARGE.mem);
    agent.send({ type: 'InvalidMessage', content: { error: 'Received message of unknown type' }, id });
    await nextOf(agent, 'UpscaleRequest');
    await grant(agent, LARGE);
    await plugged(stage, running);
  },
  restart: async (stage) => {
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
  },
};

const stageOn = (tree: KernelTree, eventLog: string, started: RunningMonitor[]): Stage => ({
  tree,
  start: async () => {
    const running = await startTestMonitor({ tree, options: { eventLog, maxSize: '3,1536MiB' } });
    started.push(running);
    await running.first('beat.sampled');
    return running;
  },
});

const write = async (name: string, envelopes: readonly AnyEnvelope[]): Promise<void> => {
  const lines = envelopes.map((envelope) => `${JSON.stringify(envelope)}\n`);
  await writeFile(join(DIRECTORY, `${name}.ndjson`), lines.join(''));
};

const record = async (name: string, story: (stage: Stage) => Promise<void>): Promise<void> => {
  const logDir = tempDir();
  const started: RunningMonitor[] = [];
  await story(stageOn(testTree(), logDir, started));
  for (const running of started) await running.stop();
  await write(name, await readAll(logDir));
};

const recordAll = async (): Promise<void> => {
  await write('protection', logOf(tellProtection()));
  await write('agent', agentLogOf(tellAgent()));
  for (const [name, story] of Object.entries(STORIES)) await record(name, story);
  await stopMonitors();
};

void recordAll();
