/** Shell scripts in the guest: run to their end, or started and listened to. */
import { connect } from 'node:net';
import { frameQueue } from '../../support/frame-queue';
import { frameReader, requestFor, type FrameKind } from './frames';
import { OUTPUT_MAX_BYTES, SCRIPT_DEADLINE_MS } from './limits';
import { quote } from './quote';
import { within } from './within';

export interface Outcome {
  /** 128 + n: ended by signal n. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process in the guest. It dies with the spec. */
export interface GuestProcess {
  /** Of the shell, or of the program that the script ends with by `exec`. */
  readonly pid: number;
  /** The next line of stdout, also one that came before; rejects when there is no more. */
  line(): Promise<string>;
  /** All that it has written to stdout up to now. */
  stdout(): string;
  readonly ended: Promise<Outcome>;
  /** Sends this one process a signal. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** Kills it and all that it has started, and waits for the end. */
  kill(): Promise<void>;
}

export interface Shell {
  /** Runs a script to its end. Rejects only if it takes longer than `deadlineMs`, or the guest has gone. */
  outcome(script: string, deadlineMs?: number): Promise<Outcome>;
  /** What the script printed to stdout, trimmed; rejects when it fails. */
  run(script: string, deadlineMs?: number): Promise<string>;
  /** Starts a script and returns when it runs. */
  start(script: string): Promise<GuestProcess>;
  /** The text of a file. */
  read(path: string): Promise<string>;
  /** Writes a file, also one of the kernel's. */
  write(path: string, content: string | Buffer): Promise<void>;
}

/** Text as it comes, in lines and as a whole. */
const textCollector = () => {
  const lines = frameQueue();
  const parts: Buffer[] = [];
  let bytes = 0;
  let partial = '';
  return {
    lines,
    push: (part: Buffer): void => {
      bytes += part.length;
      if (bytes > OUTPUT_MAX_BYTES)
        throw new Error(`a script in the guest printed more than ${OUTPUT_MAX_BYTES} bytes`);
      parts.push(Buffer.from(part));
      const whole = (partial + part.toString('latin1')).split('\n');
      partial = whole.pop() ?? '';
      for (const line of whole) lines.push(Buffer.from(line, 'latin1').toString('utf8'));
    },
    text: (): string => Buffer.concat(parts).toString('utf8'),
  };
};

/** @param port the host's port that leads to the guest's command server */
export const shellAt = (port: number): Shell => {
  const open = (
    script: string,
    stdin: Buffer,
  ): { readonly started: Promise<GuestProcess>; readonly close: () => void } => {
    const socket = connect(port, '127.0.0.1');
    const [out, err] = [textCollector(), textCollector()];
    let status: number | null = null;
    const ended = new Promise<Outcome>((resolve, reject) => {
      socket.once('error', () => undefined); // A close follows.
      socket.once('close', () => {
        const outcome = { stdout: out.text(), stderr: err.text() };
        out.lines.end(new Error(`ended: ${script}\n${outcome.stdout}${outcome.stderr}`));
        if (status === null) reject(new Error(`the guest has hung up on: ${script}`));
        else resolve({ status, ...outcome });
      });
    });
    ended.catch(() => undefined); // Who does not wait for the end does not want to hear of it.
    const started = new Promise<GuestProcess>((resolve, reject) => {
      ended.catch(reject);
      const on: Record<FrameKind, (bytes: Buffer) => void> = {
        p: (bytes) => {
          resolve(processOf(Number(bytes)));
        },
        o: out.push,
        e: err.push,
        x: (bytes) => {
          status = Number(bytes);
        },
      };
      socket.on(
        'data',
        frameReader((kind, bytes) => {
          on[kind](bytes);
        }),
      );
    });
    const processOf = (pid: number): GuestProcess => ({
      pid,
      line: () => out.lines.next(),
      stdout: out.text,
      ended,
      signal: async (name) => {
        await shell.run(`kill -${name.slice('SIG'.length)} ${pid}`);
      },
      kill: async () => {
        // One that has ended is what was wanted.
        await shell.outcome(`kill -KILL -${pid}`);
        await ended;
      },
    });
    socket.write(requestFor(script, stdin));
    return {
      started,
      close: () => {
        socket.destroy();
      },
    };
  };

  const toEnd = async (script: string, stdin: Buffer, deadlineMs: number): Promise<Outcome> => {
    const { started, close } = open(script, stdin);
    try {
      const ended = started.then((running) => running.ended);
      return await within(deadlineMs, `in the guest: ${script}`, ended);
    } finally {
      close();
    }
  };

  const succeeded = ({ status, stdout, stderr }: Outcome, script: string): string => {
    if (status !== 0) throw new Error(`in the guest, status ${status}: ${script}\n${stderr}`);
    return stdout;
  };

  const shell: Shell = {
    outcome: (script, deadlineMs = SCRIPT_DEADLINE_MS) => toEnd(script, Buffer.alloc(0), deadlineMs),
    run: async (script, deadlineMs) => succeeded(await shell.outcome(script, deadlineMs), script).trimEnd(),
    start: (script) => open(script, Buffer.alloc(0)).started,
    read: async (path) => succeeded(await shell.outcome(`cat ${quote(path)}`), path),
    write: async (path, content) => {
      const script = `cat >${quote(path)}`;
      succeeded(await toEnd(script, Buffer.from(content), SCRIPT_DEADLINE_MS), script);
    },
  };
  return shell;
};
