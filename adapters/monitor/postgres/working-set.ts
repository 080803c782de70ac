/**
 * Reads the working set of the file cache where the server reports it. A server that refuses is not asked
 * again on the same connection; a new connection, every half minute, asks anew: an extension may have
 * been created and a right granted meanwhile.
 */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { refused, type Failure } from './failure';
import type { SqlSession } from './session';
import * as sql from './statements';

/** Distinct pages of 8 KiB that were touched in the last 1, 2, … WORKING_SET_WINDOWS minutes. */
export type WorkingSetPages = readonly number[];

type Answer = Either<Failure, WorkingSetPages>;

const ask = async (session: SqlSession, signal: AbortSignal): Promise<Answer> => {
  const found = await session.query(sql.FIND_WORKING_SET, signal);
  if (E.isLeft(found)) return found;
  const { name } = found.right[0];
  if (name === null) return E.left(refused(`this server has no ${sql.WORKING_SET_FUNCTIONS.join(' or ')}`));
  const read = await session.query(sql.readWorkingSet(name), signal);
  if (E.isLeft(read)) return read;
  const pages = read.right.flatMap((window) => window.pages ?? []);
  return pages.length === sql.WORKING_SET_WINDOWS ? E.right(pages) : E.left(refused(`${name} gives no estimate`));
};

export const createWorkingSetReader = (): ((session: SqlSession, signal: AbortSignal) => Promise<Answer>) => {
  let refusal: { readonly session: SqlSession; readonly answer: Answer } | null = null;
  return async (session, signal) => {
    if (refusal?.session === session) return refusal.answer;
    const answer = await ask(session, signal);
    refusal = E.isLeft(answer) && answer.left.kind === 'refused' ? { session, answer } : null;
    return answer;
  };
};
