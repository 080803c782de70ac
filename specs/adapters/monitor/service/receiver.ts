/**
 * A service manager's notification socket: a real unix datagram socket, in Perl, because Node has none.
 * perl-base is on every Debian (Essential: yes). It prints each assignment as a line; descriptors that
 * come with a message are closed by the kernel as it is read, which is what systemd-notify waits for.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { tempDir } from '../../../support/event-log';
import { frameQueue } from '../../../support/frame-queue';

const PROGRAM = `
  my $socket = IO::Socket::UNIX->new(Type => Socket::SOCK_DGRAM(), Local => $ARGV[0]) or die "$ARGV[0]: $!";
  $| = 1;
  print "listening\\n";
  while (defined $socket->recv(my $message, 65536)) { print map { "$_\\n" } split(/\\n/, $message) }
`;

export interface Receiver {
  /** For NOTIFY_SOCKET. */
  readonly socket: string;
  /** The next assignment that came, in order. */
  readonly next: () => Promise<string>;
  /** Reads no more until it goes on; what comes meanwhile waits in the socket. */
  readonly signal: (name: 'SIGSTOP' | 'SIGCONT') => void;
  readonly stop: () => Promise<void>;
}

export const startReceiver = async (): Promise<Receiver> => {
  const socket = join(tempDir(), 'notify.sock');
  const child = spawn('perl', ['-MIO::Socket::UNIX', '-e', PROGRAM, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = frameQueue();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
  });
  child.on('error', () => {
    lines.end(new Error('perl is missing: apt-get install perl-base'));
  });
  child.on('exit', () => {
    lines.end(new Error('the receiver has ended'));
  });
  if ((await lines.next()) !== 'listening') throw new Error('the receiver does not listen');
  return {
    socket,
    next: () => lines.next(),
    signal: (name) => {
      child.kill(name);
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
};
