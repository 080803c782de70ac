/** One look at a server, which changes nothing there: for `vm-monitor doctor`. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { withDeadline } from './deadline';
import { createHeldServer } from './held-server';
import { SQL_DEADLINES } from './deadlines';
import { createReasonText } from './told';

/** Whether the server has a file cache that can be sized; that we may size it only a connect proves. */
export type ServerLook = 'offered' | 'vanilla';

/** Left: why it could not be seen. Takes at most as long as a connect. */
export const lookAtServer = async (dsn: string): Promise<Either<string, ServerLook>> => {
  const server = createHeldServer(dsn, SQL_DEADLINES, () => undefined);
  const observed = await withDeadline(SQL_DEADLINES.connectMs, [], (signal) => server.get(signal));
  server.drop();
  if (E.isRight(observed)) return E.right('offered');
  const { kind, reason } = observed.left;
  return kind === 'notOffered' ? E.right('vanilla') : E.left(createReasonText(dsn)(reason));
};
