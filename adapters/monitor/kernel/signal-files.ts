/** The files of all signals below one directory, held open. A missing one costs a failed open every two seconds (R9). */
import { join } from 'node:path';
import { isRight } from 'fp-ts/Either';
import { NOT_READ, type RawValues, type Read, type SignalName } from '../../../streams/raw-sample';
import { SIGNALS } from '../../../streams/signals';
import type { Every, Signal } from '../../../streams/signals/signal';
import type { FileFailure } from '../../shared/node-error';
import { forSysctl } from './held-file';
import { type FileSignalName, PARSERS } from './parsers';
import { SourceFile } from './source-file';

/** Object.keys widens to string; the keys are those of PARSERS. */
const FILE_SIGNAL_NAMES = Object.keys(PARSERS) as readonly FileSignalName[];

/** A sample that is being read. */
export type Filling = Slots<SignalName>;
type Slots<Name extends SignalName> = { [Each in Name]: Read<RawValues[Each]> };

class SignalFile<Name extends FileSignalName> {
  readonly every: Every;
  readonly #file: SourceFile<RawValues[Name]>;
  readonly #ifAbsent: { readonly value: RawValues[Name] } | null;
  readonly #insteadOf: SignalName | null;

  constructor(
    private readonly name: Name,
    { file, every, ifAbsent, insteadOf }: Signal<RawValues[Name]>,
    directory: string,
    buffer: Buffer,
  ) {
    this.every = every;
    this.#ifAbsent = ifAbsent ?? null;
    this.#insteadOf = insteadOf ?? null;
    this.#file = new SourceFile(
      join(directory, file),
      file.startsWith('sys/') ? forSysctl(buffer) : buffer,
      PARSERS[name],
    );
  }

  renew(sample: Filling): void {
    const slots: Slots<Name> = sample;
    slots[this.name] = this.#isNeeded(sample) ? this.#file.read(this.#ifAbsent) : NOT_READ;
  }

  #isNeeded(sample: Filling): boolean {
    const first: Read<unknown> | null = this.#insteadOf === null ? null : sample[this.#insteadOf];
    return first === null || !isRight(first);
  }

  open(): Promise<void> {
    return this.#file.open();
  }

  close(failure: FileFailure): Promise<void> {
    return this.#file.close(failure);
  }
}

type HeldSignal = Pick<SignalFile<FileSignalName>, 'every' | 'renew' | 'open' | 'close'>;

const holdSignal = <Name extends FileSignalName>(name: Name, directory: string, buffer: Buffer): SignalFile<Name> =>
  new SignalFile(name, SIGNALS[name], directory, buffer);

export class SignalFiles {
  readonly #files: readonly HeldSignal[];
  readonly #byInterval: Readonly<Record<Every, readonly HeldSignal[]>>;

  /** @param directory holds the files of this root */
  constructor(root: Signal<unknown>['root'], directory: string, buffer: Buffer) {
    const files = FILE_SIGNAL_NAMES.filter((name) => SIGNALS[name].root === root).map((name) =>
      holdSignal(name, directory, buffer),
    );
    const readEvery = (interval: Every): readonly HeldSignal[] => files.filter(({ every }) => every === interval);
    this.#files = files;
    this.#byInterval = { sample: readEvery('sample'), '500ms': readEvery('500ms'), '1s': readEvery('1s') };
  }

  /** Reads those anew that are due at this interval. */
  renew(sample: Filling, every: Every): void {
    for (const file of this.#byInterval[every]) file.renew(sample);
  }

  /** Opens what is not open. Never rejects. */
  async openMissing(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.open()));
  }

  /** From here on reads fail with `failure`, until the next openMissing. */
  async close(failure: FileFailure): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close(failure)));
  }
}
