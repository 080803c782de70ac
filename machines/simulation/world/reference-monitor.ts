/**
 * What is replaced: neondatabase/autoscaling's agent, which sizes by load average and memory use every 5 s, and
 * neondatabase/neon's vm_monitor, which asks for one unit more at 85 % of the memory and refuses what does not fit.
 */
import * as E from 'fp-ts/Either';
import { FILE_CACHE_IN_MEMORY, FILE_CACHE_ON_DISK, fileCacheSize } from '../../monitor/memory/file-cache-size';
import type { Size } from '../../shared/events/size';
import { decodeFrame } from '../../shared/protocol/decode';
import { encodeFrame } from '../../shared/protocol/encode';
import { fromWire } from '../../shared/protocol/wire-size';
import { MIB, SECOND_MS } from '../../shared/units';
import type { Agenda } from './agenda';
import type { MonitorSide } from './sides';
import type { VirtualMachine } from './virtual-machine';

/** libs/vm_monitor/src/cgroup.rs and runner.rs. */
const SAMPLE_MS = 100;
const AVERAGED_SAMPLES = 5;
const THRESHOLD_FRACTION = 0.85;
const REQUEST_GAP_MS = SECOND_MS;
const DOWNSCALE_BUFFER_BYTES = 100 * MIB;
/** The size that a message names, less what the kernel keeps. */
const DECLARED_RESERVE_BYTES = 100 * MIB;
const FIRST_ID = 3;

export class ReferenceMonitor implements MonitorSide {
  private readonly samples: number[] = [];
  private thresholdBytes = Infinity;
  private requestedAt = -Infinity;
  private nextId = FIRST_ID;
  private isConnected = false;

  constructor(
    private readonly vm: VirtualMachine,
    private readonly agenda: Agenda,
    private readonly send: (text: string) => void,
  ) {}

  start(): void {
    this.takeTotal(this.vm.memory.size.totalBytes);
    this.sample();
  }

  connect(): void {
    this.isConnected = true;
    this.nextId = FIRST_ID;
    this.samples.length = 0;
    this.takeTotal(this.vm.memory.size.totalBytes);
  }

  lose(): void {
    this.isConnected = false;
  }

  restart(): void {
    this.samples.length = 0;
  }

  receive(text: string): void {
    const frame = decodeFrame(text);
    if (E.isLeft(frame)) return;
    const message = frame.right;
    if (message.type === 'UpscaleNotification') {
      this.takeTotal(fromWire(message.granted).mem - DECLARED_RESERVE_BYTES);
      this.send(encodeFrame({ type: 'UpscaleConfirmation', id: message.id }));
    }
    if (message.type === 'DownscaleRequest') this.judge(message.id, fromWire(message.target));
  }

  private get averageBytes(): number {
    let sum = 0;
    for (const bytes of this.samples) sum += bytes;
    return this.samples.length === 0 ? 0 : sum / this.samples.length;
  }

  private takeTotal(totalBytes: number): void {
    this.thresholdBytes = Math.trunc(totalBytes * THRESHOLD_FRACTION);
    const { fileCache } = this.vm.rules;
    if (fileCache === 'absent') return;
    this.vm.disk.fileCacheLimitBytes = fileCacheSize(
      fileCache === 'memory' ? FILE_CACHE_IN_MEMORY : FILE_CACHE_ON_DISK,
      Math.max(0, totalBytes),
    );
  }

  private judge(id: string, { mem }: Size): void {
    const threshold = Math.trunc((mem - DECLARED_RESERVE_BYTES) * THRESHOLD_FRACTION);
    const ok = this.samples.length >= 2 && threshold >= this.averageBytes + DOWNSCALE_BUFFER_BYTES;
    if (ok) this.takeTotal(mem - DECLARED_RESERVE_BYTES);
    this.send(encodeFrame({ type: 'DownscaleResult', id, ok, status: ok ? 'approved' : 'threshold too low' }));
  }

  private sample(): void {
    const { vm, agenda, samples } = this;
    vm.advance(agenda.now / 1000);
    vm.scores.samples += 1;
    samples.push(vm.memory.anonBytes);
    if (samples.length > AVERAGED_SAMPLES) samples.shift();
    this.askForMore();
    agenda.in(SAMPLE_MS, () => {
      this.sample();
    });
  }

  private askForMore(): void {
    const { now } = this.agenda;
    if (!this.isConnected || this.averageBytes < this.thresholdBytes) return;
    if (now - this.requestedAt < REQUEST_GAP_MS) return;
    this.requestedAt = now;
    this.send(encodeFrame({ type: 'UpscaleRequest', id: String(this.nextId) }));
    this.nextId += 2;
  }
}
