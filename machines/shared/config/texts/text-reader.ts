/** How the texts of flags become values. One small reader per kind of value lies beside this file. */
import type { Either } from 'fp-ts/Either';

/** Right is the value; Left says what is allowed, to follow the word "expected". */
export type TextReader<Value> = (text: string) => Either<string, Value>;
