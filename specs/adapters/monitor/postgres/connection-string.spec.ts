/** libpq's connection strings as pg gets them. */
import * as E from 'fp-ts/Either';
import { defaultUser, pgUrl } from '../../../../adapters/monitor/postgres/connection-string';

const somebody = () => E.right('me & you');

it.each([
  ['postgresql://u:p@h/db', 'postgresql://u:p@h/db?uselibpqcompat=true'],
  ['postgres://u@h/db?sslmode=require', 'postgres://u@h/db?sslmode=require&uselibpqcompat=true'],
  ['postgres://u@h/db?ssl=true&x=1', 'postgres://u@h/db?sslmode=require&x=1&uselibpqcompat=true'],
  ['postgres://h/db', 'postgres://h/db?user=me%20%26%20you&uselibpqcompat=true'],
  ['postgres://:p@h/db', 'postgres://:p@h/db?user=me%20%26%20you&uselibpqcompat=true'],
  ['postgres://h/db?user=u', 'postgres://h/db?user=u&uselibpqcompat=true'],
  ['host=h', 'postgresql:///?host=h&user=me%20%26%20you&uselibpqcompat=true'],
  ['postgres://u@h/db?sslmode=prefer&x=1', 'postgres://u@h/db?sslmode=disable&x=1&uselibpqcompat=true'],
  ['host=/run/pg user=u', 'postgresql:///?host=%2Frun%2Fpg&user=u&uselibpqcompat=true'],
  ['hostaddr=10.0.0.1 dbname=a user=u', 'postgresql:///a?host=10.0.0.1&user=u&uselibpqcompat=true'],
  ["dbname='my db' password='a&b=c d' user=u", 'postgresql:///my%20db?password=a%26b%3Dc+d&user=u&uselibpqcompat=true'],
  ['sslmode=allow user=u', 'postgresql:///?sslmode=disable&user=u&uselibpqcompat=true'],
])('%s', (dsn, url) => {
  expect(pgUrl(dsn, somebody)).toEqual(E.right(url));
});

describe('whom a connection string without a user means', () => {
  const nobody = (): never => {
    throw new Error('ENOENT: no such user');
  };

  it('is PGUSER, else the user that the process runs as', () => {
    expect(defaultUser({ PGUSER: 'pg' }, nobody)).toEqual(E.right('pg'));
    expect(defaultUser({ PGUSER: '', USER: 'somebody-else' }, () => 'me')).toEqual(E.right('me'));
  });

  it('is nobody where the system knows no name: said, and not asked of the server', () => {
    expect(pgUrl('host=h', () => defaultUser({}, nobody))).toEqual(
      E.left('no user= in it, PGUSER is not set, and the user that we run as has no name'),
    );
  });
});
