/** One command to a QMP socket, past the driver under test. Rejects when QEMU refuses it. */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

export const askQmp = async (socketPath: string, execute: string, args: object = {}): Promise<unknown> => {
  const socket = connect(socketPath);
  const send = (command: object): void => void socket.write(`${JSON.stringify(command)}\n`);
  send({ execute: 'qmp_capabilities' });
  send({ execute, arguments: args, id: 'asked' });
  try {
    for await (const line of createInterface({ input: socket })) {
      const said = JSON.parse(line) as { readonly id?: string; readonly return?: unknown; readonly error?: unknown };
      if (said.id !== 'asked') continue;
      if (said.error === undefined) return said.return;
      throw new Error(JSON.stringify(said.error));
    }
    throw new Error(`${execute}: the socket ended`);
  } finally {
    socket.destroy();
  }
};
