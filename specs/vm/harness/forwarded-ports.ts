/** The ports that QEMU has taken on the host for the guest's. Only its human monitor tells them. */
import { GUEST_PORTS, type GuestPort } from './qemu-command';
import type { Qmp } from './qmp';

/** A line: "TCP[HOST_FORWARD]  13 127.0.0.1 40123 10.0.2.15 10301  0 0". */
const hostPortOf = (table: string, guestPort: number): number => {
  const found = new RegExp(`HOST_FORWARD\\]\\s+\\d+\\s+\\S+\\s+(\\d+)\\s+\\S+\\s+${guestPort}\\s`).exec(table);
  if (found === null) throw new Error(`QEMU forwards no port to ${guestPort}:\n${table}`);
  return Number(found[1]);
};

export const forwardedPorts = async (qmp: Qmp): Promise<Readonly<Record<GuestPort, number>>> => {
  const table = String(await qmp.execute('human-monitor-command', { 'command-line': 'info usernet' }));
  const { commands, monitor, metrics, postgres } = GUEST_PORTS;
  return {
    commands: hostPortOf(table, commands),
    monitor: hostPortOf(table, monitor),
    metrics: hostPortOf(table, metrics),
    postgres: hostPortOf(table, postgres),
  };
};
