/** A held file and the parser of its format: what a sample reads. */
import { type Either, isLeft, left, right } from 'fp-ts/Either';
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

  read(): Read<A> {
    const text = this.#file.read();
    return isLeft(text) ? left(text.left.message) : parsed(this.parse(this.#file.path, text.right));
  }

  /** For files that not every kernel or cgroup has: `absent` where there is none. */
  readOr(absent: A): Read<A> {
    const text = this.#file.read();
    if (isLeft(text)) return text.left.code === 'ENOENT' ? right(absent) : left(text.left.message);
    return parsed(this.parse(this.#file.path, text.right));
  }
}
