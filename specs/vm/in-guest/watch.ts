/**
 * Files of the guest's kernel over time, as a small program in the guest saw them (specs/vm/guest/watch.c).
 *
 *   const watch = await watchFiles(guest, { high: cgroupFile(POSTGRES, 'memory.high') });
 *   await watch.until('high', (text) => text === 'max');
 */
import type { Guest } from '../harness';
import { GUEST_DEADLINE_MS } from '../harness/limits';
import { within } from '../harness/within';

const EVERY_MS = 20;

/** From that time of the guest's CLOCK_BOOTTIME on it had this text, trimmed; null: there was no such file. */
export interface Seen {
  readonly atMs: number;
  readonly text: string | null;
}

export interface Watch<Name extends string> {
  /** All changes up to now, the first text included. */
  readonly history: (name: Name) => readonly Seen[];
  /** The text now. */
  readonly now: (name: Name) => string | null;
  /** Resolves when the text is as wanted, at once if it is so now; rejects with what it was last when that takes too long. */
  readonly until: (name: Name, isWanted: (text: string | null) => boolean) => Promise<Seen>;
  readonly stop: () => Promise<void>;
}

/** "12.345 0 a|b" */
const LINE = /^(\S+) (\d+) (.*)$/;

export const watchFiles = async <Name extends string>(
  guest: Guest,
  files: Readonly<Record<Name, string>>,
  everyMs = EVERY_MS,
): Promise<Watch<Name>> => {
  // The keys of a record are its names.
  const names = Object.keys(files) as Name[];
  const observed = new Map<Name, Seen[]>(names.map((name) => [name, []]));
  const waiting = new Set<() => void>();
  const running = await guest.start(`exec /opt/watch ${everyMs} ${names.map((name) => files[name]).join(' ')}`);

  const take = (line: string): void => {
    const [, atMs, file, text] = LINE.exec(line) ?? [];
    const name = names[Number(file)];
    if (name === undefined || text === undefined) throw new Error(`watch said: ${line}`);
    observed.get(name)!.push({ atMs: Number(atMs), text: text === '-' ? null : text.replaceAll('|', '\n') });
    for (const look of waiting) look();
  };
  const listen = async (): Promise<void> => {
    for (;;) take(await running.line());
  };
  void listen().catch(() => undefined); // Its end; who still waits has a deadline.

  const last = (name: Name): Seen | undefined => observed.get(name)!.at(-1);
  const isThere = async (name: Name, isWanted: (text: string | null) => boolean): Promise<Seen> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = last(name);
        if (found === undefined || !isWanted(found.text)) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });

  const watch: Watch<Name> = {
    history: (name) => observed.get(name)!,
    now: (name) => last(name)?.text ?? null,
    until: async (name, isWanted) => {
      const found = isThere(name, isWanted);
      try {
        return await within(GUEST_DEADLINE_MS, 'not as wanted', found);
      } catch (error) {
        throw new Error(`${files[name]} was last ${JSON.stringify(last(name))}`, { cause: error });
      }
    },
    stop: () => running.kill(),
  };
  await Promise.all(names.map((name) => watch.until(name, () => true)));
  return watch;
};
