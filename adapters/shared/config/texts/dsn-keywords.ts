/**
 * libpq's keywords ("Parameter Key Words" in PostgreSQL's manual), and what we do with each. What changes nothing
 * here, such as keepalives, is taken; what we cannot do is refused at start rather than passed over.
 */
import type { Pair } from './dsn-pairs';

/** What is allowed instead of this value, or null where it will do. No value is repeated: it may be a secret. */
type Rule = (value: string, key: string) => string | null;

type Rules = Readonly<Record<string, Rule>>;

const any: Rule = () => null;

const only =
  (...values: readonly string[]): Rule =>
  (value, key) => {
    if (value === '' || values.includes(value)) return null;
    return `${key} to be ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`;
  };

/** An empty value means in libpq that the keyword is not given. */
const without =
  (why: string): Rule =>
  (value, key) =>
    value === '' ? null : `a connection string without ${key}: ${why}`;

const oneHost: Rule = (value) => {
  if (value.includes(',')) return 'one host, not several';
  return value.startsWith('@')
    ? 'host to be a name, an address or a directory; abstract sockets are not supported'
    : null;
};

const LAST_PORT = 65_535;
const port: Rule = (value) =>
  value === '' || (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= LAST_PORT)
    ? null
    : `port to be a number from 1 to ${LAST_PORT}`;

const sslrootcert: Rule = (value) =>
  value === 'system'
    ? 'sslrootcert to be a file; without it verify-full goes by the authorities that Node knows'
    : null;

/** One rule for several keys. */
const rules = (keys: string, rule: Rule): Rules => Object.fromEntries(keys.split(' ').map((key) => [key, rule]));

/** What pg and we understand. */
const TAKEN: Rules = {
  host: oneHost,
  hostaddr: oneHost,
  port,
  sslmode: only('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'),
  sslrootcert,
  ...rules('dbname user password application_name fallback_application_name', any),
  ...rules('client_encoding options sslcert sslkey', any),
  sslnegotiation: only('postgres', 'direct'),
};

/** What changes nothing, or nothing with the values that we take: our deadlines are our own, and GSS we never use. */
const WITHOUT_EFFECT: Rules = {
  ...rules('connect_timeout tcp_user_timeout keepalives keepalives_idle keepalives_interval keepalives_count', any),
  ...rules('krbsrvname gsslib gssdelegation', any),
  ...rules('gssencmode channel_binding', only('disable', 'prefer')),
  target_session_attrs: only('any'),
  load_balance_hosts: only('disable'),
  replication: only('false', 'off', 'no', '0'),
  sslsni: only('1'),
  sslcompression: only('0'),
  sslcertmode: only('allow'),
  ssl_min_protocol_version: only('TLSv1.2'),
};

const UNSUPPORTED: Rules = {
  ...rules('service servicefile', without('service files are not read; give host, port, dbname and user')),
  passfile: without('name the file by PGPASSFILE in the environment'),
  requiressl: without('sslmode=require says the same'),
  ...rules(
    'require_auth requirepeer sslcrl sslcrldir sslpassword sslkeylogfile ssl_max_protocol_version ' +
      'min_protocol_version max_protocol_version scram_client_key scram_server_key ' +
      'oauth_issuer oauth_client_id oauth_client_secret oauth_scope',
    without('it is not supported'),
  ),
};

const KEYWORDS: Rules = { ...TAKEN, ...WITHOUT_EFFECT, ...UNSUPPORTED };

/** In a URL libpq also takes JDBC's word for sslmode=require. The database has its place before the question mark. */
const URL_KEYWORDS: Rules = {
  ...KEYWORDS,
  ssl: only('true'),
  dbname: (value) => without('it stands after the host, postgresql://host/dbname')(value, 'the parameter dbname'),
};

/** An unknown key is named by its place: it may be a piece of a password that was not quoted. */
const unknownKey = (keywords: Rules, pairs: readonly Pair[]): string | null => {
  const place = pairs.findIndex(([key]) => !Object.hasOwn(keywords, key));
  if (place < 0) return null;
  return `keywords of libpq; parameter ${place + 1} is none. Taken are ${Object.keys(TAKEN).join(', ')}`;
};

const badValue = (keywords: Rules, pairs: readonly Pair[]): string | null => {
  const given = (key: string): boolean => pairs.some(([name, value]) => name === key && value !== '');
  if (given('host') && given('hostaddr'))
    return 'host or hostaddr, not both: certificates are checked for what is given';
  for (const [key, value] of pairs) {
    const allowed = keywords[key]?.(value, key) ?? null;
    if (allowed !== null) return allowed;
  }
  return null;
};

/** What is allowed instead of these pairs, or null where all of them will do. */
export const pairsComplaint = (pairs: readonly Pair[]): string | null =>
  unknownKey(KEYWORDS, pairs) ?? badValue(KEYWORDS, pairs);

/** The same for a URL, whose `places` have no keys that one could mistake. */
export const urlComplaint = (places: readonly Pair[], parameters: readonly Pair[]): string | null =>
  unknownKey(URL_KEYWORDS, parameters) ??
  badValue(KEYWORDS, places) ??
  badValue(URL_KEYWORDS, parameters) ??
  badValue(KEYWORDS, [...places, ...parameters]);
