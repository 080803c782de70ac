/** Connection strings: what libpq takes and we cannot do is refused at start, and no value of it is repeated. */
import * as E from 'fp-ts/Either';
import { configFromArguments } from '../../../../adapters/monitor/config/load';
import { dsn } from '../../../../adapters/shared/config/texts/dsn';
import { leftOf } from '../../../support/either';
import { surroundings } from '../../../support/environment';

it.each([
  'postgresql:///',
  'postgresql://u:p@h:5432/db?application_name=x&connect_timeout=3',
  'postgres://h/db?sslmode=verify-full&sslrootcert=/ca.pem&gssencmode=disable',
  'postgresql://u@[::1]:5433/db',
  'postgresql://%2Frun%2Fpostgresql/db',
  'postgresql:///db?host=/run/postgresql&ssl=true',
  'postgresql://u:a%2Cb@h/db',
  'host=/run/postgresql dbname=postgres',
  "host=h port=5433 user=u password='a,b service=x' sslmode=prefer keepalives_idle=30",
  'hostaddr=10.0.0.1 user=u',
  'host=h target_session_attrs=any channel_binding=prefer load_balance_hosts=disable service=',
])('%s is taken', (text) => {
  expect(dsn(text)).toEqual(E.right(text));
});

const SERVICE = /^a connection string without service: .* give host, port, dbname and user/;
const ONE_HOST = /^one host, not several$/;

it.each([
  ['service=mydb', SERVICE],
  ['postgresql:///?service=mydb', SERVICE],
  ['host=a,b', ONE_HOST],
  ['hostaddr=10.0.0.1,10.0.0.2', ONE_HOST],
  ['postgresql://a,b/db', ONE_HOST],
  ['postgresql://a:1,b:2/db', ONE_HOST],
  ['postgresql://u:hush@[::1]:1,b:2/db', ONE_HOST],
  ['postgresql:///db?host=a,b', ONE_HOST],
  ['postgresql:///db?host=a%2Cb', ONE_HOST],
  ['host=@abstract', /^host to be a name, an address or a directory/],
  ['host=h hostaddr=10.0.0.1', /^host or hostaddr, not both/],
  ['host=h port=5432,5433', /^port to be a number from 1 to 65535$/],
  ['postgresql://h:http/db', /^port to be a number/],
  ['port=0', /^port to be a number/],
  ['host=h passfile=/p', /without passfile: .*PGPASSFILE/],
  ['host=h gssencmode=require', /^gssencmode to be one of disable, prefer$/],
  ['host=h channel_binding=require', /^channel_binding to be one of disable, prefer$/],
  ['host=h sslmode=no-verify', /^sslmode to be one of disable, allow, prefer, require, verify-ca, verify-full$/],
  ['postgres://h/db?sslmode=on', /^sslmode to be one of/],
  ['host=h sslrootcert=system', /^sslrootcert to be a file/],
  ['host=h target_session_attrs=read-write', /^target_session_attrs to be any$/],
  ['host=h require_auth=scram-sha-256', /without require_auth: /],
  ['host=h sslcrl=/c', /without sslcrl: /],
  ['host=h sslpassword=hush', /without sslpassword: /],
  ['postgresql://h/db?ssl=1', /^ssl to be true$/],
])('%s is refused', (text, allowed) => {
  expect(leftOf(dsn(text))).toMatch(allowed);
});

it.each([
  ['host=h password=hush hushed=1', 3],
  ['host=h hushed=1 user=u', 2],
  ['host=h ssl=true', 2],
  ['postgresql://u:hush@h/db?hushed=1', 1],
  ['postgresql://u:hush?hus&hed@h/db', 1],
])('an unknown keyword may be a piece of a password and is told by its place: %s', (text, place) => {
  const allowed = leftOf(dsn(text));
  expect(allowed).toMatch(
    new RegExp(`^keywords of libpq; parameter ${place} is none\\. Taken are host, hostaddr, port, `),
  );
  expect(allowed).not.toMatch(/hus|hed/);
});

it('refuses at start, with the key, the reason and what is allowed', () => {
  const refused = configFromArguments(['-p', 'postgresql://u:hush@a,b/db'], surroundings({}));
  expect(leftOf(refused)).toBe('--pgconnstr ***: expected one host, not several');
});
