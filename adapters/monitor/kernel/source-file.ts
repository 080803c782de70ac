/** A held file and the parser of its format: what a sample reads. */
import { type Either, isLeft, isRight, left, right } from 'fp-ts/Either';
import type { Read } from '../../../streams/raw-sample';
import type { FileFailure } from '../../shared/node-error';
import { HeldFile } from './held-file';
import { type ParseError, type Parser, showParseError } from '../../shared/parse/parse-error';

const parsed = <A>(result: Either<ParseError, A>): Read<A> =>
  isLeft(result) ? left(showParseError(result.left)) : result;

export class SourceFile<A> {
  readonly #file: HeldFile;

  constructor(
    path: string,
    buffer: Buffer,
    private readonly parse: Parser<A>,
  ) {
    this.#file = new HeldFile(path, buffer);
  }

  open(): Promise<void> {
    return this.#file.open();
  }

  close(failure: FileFailure): Promise<void> {
    return this.#file.close(failure);
  }

  /** @param ifAbsent for a file that not every kernel or cgroup has: what its absence says */
  read(ifAbsent: { readonly value: A } | null = null): Read<A> {
    const text = this.#file.read();
    if (isRight(text)) return parsed(this.parse(this.#file.path, text.right));
    return ifAbsent !== null && text.left.code === 'ENOENT' ? right(ifAbsent.value) : left(text.left.message);
  }
}
