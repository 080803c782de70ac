/**
 * A scripted server in QEMU's place, for what a real QEMU cannot be made to do: garbage, half lines, silence, vanishing
 * in the middle of a command, and KVM.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const GREETING = '{"QMP":{"version":{},"capabilities":["oob"]}}\n';

export interface Asked {
  readonly execute: string;
  readonly id: number;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** What to do with the socket upon a command. */
export type Reaction = (socket: Socket, asked: Asked) => void;
export type Script = Readonly<Record<string, Reaction>>;

export const returns = (socket: Socket, { id }: Asked, value: unknown): void => {
  socket.write(`${JSON.stringify({ return: value, id })}\n`);
};

/** Returns the same value each time. */
export const answers =
  (value: object): Reaction =>
  (socket, asked) => {
    returns(socket, asked, value);
  };

const ANSWERS: Script = {
  qmp_capabilities: answers({}),
  'query-memory-size-summary': answers({ 'base-memory': 2 ** 29, 'plugged-memory': 0 }),
  'query-memory-devices': answers([]),
  'query-hotpluggable-cpus': answers([
    { type: 'cpu', 'vcpus-count': 1, props: {}, 'qom-path': '/machine/unattached/device[0]' },
  ]),
};

export class ScriptedQmp {
  /** Commands that came after the capabilities, in order. */
  readonly heard: Asked[] = [];
  connections = 0;
  readonly #directory = mkdtempSync(join(tmpdir(), 'vm-monitor-qmp-'));
  readonly socketPath = join(this.#directory, 'qmp');
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  constructor(
    public script: Script = {},
    private readonly greeting = GREETING,
  ) {}

  async listen(): Promise<void> {
    const server = createServer((socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('error', () => undefined); // The driver may hang up on us.
      socket.on('close', () => this.#sockets.delete(socket));
      socket.write(this.greeting);
      createInterface({ input: socket }).on('line', (line) => {
        this.#hear(socket, JSON.parse(line) as Asked);
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.socketPath, resolve));
  }

  /** Gone, as when QEMU dies. */
  async vanish(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  async remove(): Promise<void> {
    await this.vanish();
    rmSync(this.#directory, { recursive: true });
  }

  #hear(socket: Socket, asked: Asked): void {
    if (asked.execute !== 'qmp_capabilities') this.heard.push(asked);
    const react = this.script[asked.execute] ?? ANSWERS[asked.execute] ?? answers({});
    react(socket, asked);
  }
}
