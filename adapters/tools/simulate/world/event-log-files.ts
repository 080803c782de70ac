/**
 * The event log of a run of the world, as the monitor would have written it: segments that begin with a head, lines with
 * checksums. `vm-monitor replay` reads it.
 */
import { appendFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine, Step } from '../../../../machines/monitor/engine/engine';
import { saveState } from '../../../../machines/monitor/engine/save';
import type { EngineSetup, EngineState } from '../../../../machines/monitor/engine/state';
import type { InputEvent } from '../../../../machines/monitor/events/inputs';
import { LOG_VERSION, type LogOpened, type Typed } from '../../../../machines/shared/events/envelope';
import { MIB } from '../../../../machines/shared/units';
import type { CoreObserver } from '../../../../machines/simulation/world/our-side';
import { BUILD_ID } from '../../../../machines/shared/build-id';
import { withChecksum } from '../../../shared/event-log/checksum';
import { plainName } from '../../../shared/event-log/segments';

/** Lines wait for the disk until there are so many bytes of them. */
const BUFFER_BYTES = MIB;
/** The same each time: a simulated day has no date. */
const BEGIN_MS = Date.UTC(2000, 0, 1);

export class EventLogFiles implements CoreObserver {
  private seq = 0;
  private file = '';
  private waiting: string[] = [];
  private waitingBytes = 0;

  /** Throws where the directory cannot be made, or holds something: a log of before would become part of this one. */
  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true });
    if (readdirSync(dir).length > 0) throw new RangeError(`${dir}: expected an empty directory, or none`);
  }

  started(at: number, setup: EngineSetup, engine: Engine, state: EngineState): void {
    this.flush();
    this.file = join(this.dir, plainName(this.seq + 1));
    const head: LogOpened = {
      type: 'log.opened',
      role: 'monitor',
      wallClock: new Date(BEGIN_MS + at).toISOString(),
      bootId: 'simulated',
      bootTimeMs: at,
      build: BUILD_ID,
      config: { engine: setup },
      state: saveState(engine, state),
    };
    this.append(at, head);
  }

  stepped(at: number, input: InputEvent, _before: EngineState, { outputs }: Step): void {
    this.append(at, input);
    for (const output of outputs) this.append(at, output);
    if (this.waitingBytes >= BUFFER_BYTES) this.flush();
  }

  /** Writes what is left. */
  flush(): void {
    if (this.waiting.length > 0) appendFileSync(this.file, this.waiting.join(''));
    this.waiting = [];
    this.waitingBytes = 0;
  }

  private append(at: number, event: Typed): void {
    this.seq += 1;
    const line = `${withChecksum(JSON.stringify({ v: LOG_VERSION, seq: this.seq, at, event }))}\n`;
    this.waiting.push(line);
    this.waitingBytes += line.length;
  }
}
