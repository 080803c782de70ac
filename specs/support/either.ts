/** Takes an Either apart in specs: the other side fails the spec with what it held. */
import * as E from 'fp-ts/Either';

export const rightOf = <Right>(either: E.Either<unknown, Right>): Right => {
  if (E.isRight(either)) return either.right;
  throw new Error(`expected a right, got left ${JSON.stringify(either.left)}`);
};

export const leftOf = <Left>(either: E.Either<Left, unknown>): Left => {
  if (E.isLeft(either)) return either.left;
  throw new Error(`expected a left, got right ${JSON.stringify(either.right)}`);
};
