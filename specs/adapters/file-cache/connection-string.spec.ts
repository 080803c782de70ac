/** libpq's connection strings as pg gets them. */
import { pgUrl } from '../../../adapters/file-cache/connection-string';

it.each([
  ['postgresql://u:p@h/db', 'postgresql://u:p@h/db?uselibpqcompat=true'],
  ['postgres://h/db?sslmode=require', 'postgres://h/db?sslmode=require&uselibpqcompat=true'],
  ['postgres://h/db?sslmode=prefer&x=1', 'postgres://h/db?sslmode=disable&x=1&uselibpqcompat=true'],
  ['host=/run/pg user=u', 'postgresql:///?host=%2Frun%2Fpg&user=u&uselibpqcompat=true'],
  ['hostaddr=10.0.0.1 dbname=a', 'postgresql:///a?host=10.0.0.1&uselibpqcompat=true'],
  ["dbname='my db' password='a&b=c d'", 'postgresql:///my%20db?password=a%26b%3Dc+d&uselibpqcompat=true'],
  ['sslmode=allow', 'postgresql:///?sslmode=disable&uselibpqcompat=true'],
])('%s', (dsn, url) => {
  expect(pgUrl(dsn)).toBe(url);
});
