/** Who stands on either end of the wire, and the wire. */
import type { Agenda } from './agenda';

/** Frames take so long from one end to the other. */
const WIRE_MS = 1;

/** In the VM. */
export interface MonitorSide {
  start(): void;
  /** An agent has completed its handshake. */
  connect(version: '1.0' | '1.1'): void;
  lose(): void;
  receive(text: string): void;
  /** The process ends and starts anew, with its log or without. */
  restart(withLog: boolean): void;
}

/** Outside. */
export interface AgentSide {
  start(): void;
  readonly version: '1.0' | '1.1';
  connected(): void;
  lost(): void;
  receive(text: string): void;
}

/** Carries frames while the connection lives that they were sent on. */
export class Wire {
  private connection = 0;
  private isUp = false;
  monitor: MonitorSide | null = null;
  agent: AgentSide | null = null;

  constructor(private readonly agenda: Agenda) {}

  connect(): void {
    const { monitor, agent } = this;
    if (monitor === null || agent === null) return;
    this.connection += 1;
    this.isUp = true;
    monitor.connect(agent.version);
    agent.connected();
  }

  /** Breaks, and is made anew after so long. */
  breakFor(ms: number): void {
    if (this.isUp) {
      this.isUp = false;
      this.monitor?.lose();
      this.agent?.lost();
    }
    this.agenda.in(ms, () => {
      if (!this.isUp) this.connect();
    });
  }

  readonly toAgent = (text: string): void => {
    this.carry(() => this.agent?.receive(text));
  };

  readonly toMonitor = (text: string): void => {
    this.carry(() => this.monitor?.receive(text));
  };

  private carry(deliver: () => void): void {
    const { connection } = this;
    this.agenda.in(WIRE_MS, () => {
      if (this.isUp && this.connection === connection) deliver();
    });
  }
}
