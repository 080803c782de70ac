/** A command run by a terminal that keeps what it is told. */
import type { Terminal } from '../../adapters/cli/command';

export interface Called {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export const captured = async (command: (terminal: Terminal) => Promise<number>): Promise<Called> => {
  let [out, err] = ['', ''];
  const status = await command({
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  return { status, out, err };
};
