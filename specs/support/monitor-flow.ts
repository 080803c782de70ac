/**
 * The child's part of a flow of the whole monitor that every-step.ts runs: the real session with its
 * senses, actuators, watchdog process, and an agent at a real socket, on a fake tree (protected-vm.ts). The steps that
 * are named are those of the actuators.
 *
 * A flow that was stopped goes on without waiting for what it had been waiting for: the watchdog process has undone it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guestCpusUnder } from '../../adapters/monitor/guest-cpus';
import { listenForAgents } from '../../adapters/monitor/agent-link';
import { configFromOptions } from '../../adapters/monitor/config/load';
import type { MonitorConfig } from '../../adapters/monitor/config/monitor-config';
import { openKernelSources } from '../../adapters/monitor/kernel/sources';
import type { Logger } from '../../adapters/shared/logging/logger';
import { openProtection, type Protection } from '../../adapters/monitor/protection';
import type { Reach } from '../../adapters/monitor/protection/actuators';
import { engineSetup } from '../../adapters/monitor/runtime/engine-setup';
import { openLog } from '../../adapters/monitor/runtime/open-log';
import { startSession } from '../../adapters/monitor/runtime/session';
import type { MonitorOptions } from '../../adapters/embedding/start-monitor';
import { engineFor } from '../../machines/monitor/engine/save';
import type { LoggedEvent } from '../../machines/monitor/events';
import { rightOf } from './either';
import { runScenario, type SteppedScenario } from './fatal-step';
import { GrowingVm } from './growing-vm';
import { kernelTreeOf, sharedMemoryOf } from './protected-vm';
import type { ProtectionTree } from './protection-tree';
import { surroundings } from './environment';
import { connectAgent, RANGE_V1_1, type TestAgent } from './test-agent';

export type Wanted = (event: LoggedEvent) => boolean;

/** An event of this type. */
export const event =
  (type: LoggedEvent['type']): Wanted =>
  (each) =>
    each.type === type;

/** A frame of the monitor's that has all these texts. */
export const sent =
  (...texts: readonly string[]): Wanted =>
  (each) =>
    each.type === 'frame.sent' && texts.every((text) => each.text.includes(text));

export interface FlowSetup {
  readonly options: MonitorOptions;
  /** MemAvailable at the start. */
  readonly availableBytes: number;
}

export interface Flow {
  readonly vm: GrowingVm;
  readonly agent: TestAgent;
  readonly guardPid: number;
  /** Resolves once there has been each of these, after what was awaited last. */
  readonly until: (...wanted: readonly Wanted[]) => Promise<void>;
  /** Ends the monitor in good order. */
  readonly end: () => Promise<void>;
}

/** Beats of a flow that goes on after it was stopped, before it takes its next turn. */
const BEATS_AFTER_STOP = 2;
/** On a machine so busy that beats are late, use grows from beat to beat as if they were not: else it would be full before anything was armed. */
const BEAT_MS = 100;
/** Several times what the longest flow takes, on a machine that is busy with others. */
const DEADLINE_MS = 60_000;

export const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const configOn = (
  { cgroup, cgroupRoot, base, runtimeDirectory }: ProtectionTree,
  options: MonitorOptions,
): MonitorConfig => {
  const tree = { addr: '127.0.0.1:0', cgroup, cgroupRoot, procRoot: join(base, 'proc'), eventLog: 'none' };
  const environment = { RUNTIME_DIRECTORY: runtimeDirectory };
  return rightOf(configFromOptions({ ...tree, computeUnit: '1,512MiB', ...options }, surroundings({ environment })));
};

/** What is under way at the start is another spec's (killed-while-restoring), so its steps have no names. */
const reachOf = ({ tree, files }: SteppedScenario): Reach => ({
  files,
  undoFiles: tree.undoFiles,
  sharedMemoryMount: sharedMemoryOf(tree),
});

/** Our only child (proc(5), /proc/PID/task/TID/children). */
const findGuard = (): number => Number(readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8'));

/** What has happened, and how far the flow has looked at it. */
class Heard {
  readonly events: LoggedEvent[] = [];
  #seen = 0;
  #wake = (): void => undefined;

  constructor(private readonly wasStruck: () => boolean) {}

  take(happened: LoggedEvent): void {
    this.events.push(happened);
    this.#wake();
  }

  async until(...wanted: readonly Wanted[]): Promise<void> {
    const open = new Set(wanted);
    let beatsLeft = BEATS_AFTER_STOP;
    while (open.size > 0 && beatsLeft > 0) {
      const next = await this.#next();
      for (const isWanted of open) if (isWanted(next)) open.delete(isWanted);
      if (this.wasStruck() && next.type === 'sample.taken') beatsLeft -= 1;
    }
  }

  async #next(): Promise<LoggedEvent> {
    for (;;) {
      const next = this.events[this.#seen];
      if (next === undefined) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      this.#seen += 1;
      return next;
    }
  }
}

const fail = (error: unknown): void => {
  throw error;
};

/** Everything else that a monitor opens (adapters/monitor/runtime/monitor.ts); it is closed in the same order. */
const openRest = async (config: MonitorConfig, protection: Protection, hear: (happened: LoggedEvent) => void) => {
  const engine = engineFor(engineSetup(config));
  const kernel = await openKernelSources(config);
  const log = await openLog(config, engine, SILENT);
  const link = await listenForAgents({ ...config.addr, ...config, token: null });
  const observe = (envelope: { readonly event: LoggedEvent }): void => {
    hear(envelope.event);
  };
  const guestCpus = guestCpusUnder(config.sysRoot);
  const session = startSession({
    ...{ engine, kernel, link, log, protection, guestCpus, observe, fail },
    pgconnstr: null,
    logger: SILENT,
  });
  return {
    url: `ws://127.0.0.1:${link.address.port}/monitor`,
    close: async () => {
      await Promise.all([session.stop(), link.shutdown(), kernel.close()]);
      await log.close();
    },
  };
};

const transcriptFile = ({ base }: ProtectionTree): string => join(base, 'transcript.json');

/** For the parent, once the flow has completed: all events in their order. */
export const transcriptOf = (tree: ProtectionTree): readonly LoggedEvent[] =>
  // As it is written below.
  JSON.parse(readFileSync(transcriptFile(tree), 'utf8')) as readonly LoggedEvent[];

const playOn = async (
  stepping: SteppedScenario,
  { options, availableBytes }: FlowSetup,
  play: (flow: Flow) => Promise<void>,
): Promise<void> => {
  const { tree } = stepping;
  const vm = new GrowingVm(kernelTreeOf(tree), availableBytes);
  const heard = new Heard(stepping.wasStruck);
  const config = configOn(tree, options);
  const protection = await openProtection(config, SILENT, reachOf(stepping));
  const guardPid = findGuard();
  stepping.setGuardPid(guardPid);
  const monitor = await openRest(config, protection, (happened) => {
    if (happened.type === 'sample.taken') vm.passes(Math.min(happened.elapsedMs, BEAT_MS));
    heard.take(happened);
  });
  const agent = await connectAgent(monitor.url, { range: RANGE_V1_1 });
  await play({ vm, agent, guardPid, until: (...wanted) => heard.until(...wanted), end: monitor.close });
  vm.rests();
  writeFileSync(transcriptFile(tree), JSON.stringify(heard.events));
};

/** For a script that every-step.ts runs. */
export const runFlow = (setup: FlowSetup, play: (flow: Flow) => Promise<void>): void => {
  setTimeout(() => {
    throw new Error(`the flow has not ended within ${DEADLINE_MS} ms`);
  }, DEADLINE_MS).unref();
  void runScenario((stepping) => playOn(stepping, setup, play));
};
