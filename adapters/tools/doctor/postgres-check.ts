/** The Postgres of --pgconnstr: asked only where one is named. */
import type { Either } from 'fp-ts/Either';
import type { ServerLook } from '../../monitor/postgres';
import { known, ok, type Finding, type Judgement } from './check';

const FOUND: Readonly<Record<ServerLook, Judgement>> = {
  offered: ok('it has the file cache of neon'),
  vanilla: ok('vanilla Postgres: it has no file cache to size (docs/postgres.md: what to set by hand)'),
};

export const postgresFinding = (look: Either<string, ServerLook>): Finding => ({
  name: 'Postgres',
  needs: ['sizing'],
  ...known(look, '--pgconnstr, and docs/postgres.md: what fails how', (found) => FOUND[found]),
});
