import { configFromArguments } from '../../../../adapters/monitor/config/load';
import { configuredSecrets, redactedConfig } from '../../../../adapters/monitor/config/monitor-config';
import { dsnSecrets, redactDsn } from '../../../../adapters/shared/config/texts/dsn';
import { dsnPairs } from '../../../../adapters/shared/config/texts/dsn-pairs';
import { rightOf } from '../../../support/either';
import { surroundings } from '../../../support/environment';

describe('connection strings without their passwords', () => {
  it.each([
    ['postgresql://u:hunter2@h:5432/db', 'postgresql://u:***@h:5432/db'],
    ['postgres://u:a@b:c/d?e@h/db', 'postgres://u:***@h/db'],
    ['postgres://u:hunter2@h1:1,h2:2/db?sslmode=require', 'postgres://u:***@h1:1,h2:2/db?sslmode=require'],
    ['postgresql:///db?host=h&password=hunter2&sslpassword=x', 'postgresql:///db?host=h&password=***&sslpassword=***'],
    ['postgresql:///db?pass%77ord=hunter2', 'postgresql:///db?pass%77ord=***'],
    ['postgresql://u@h:5432/db', 'postgresql://u@h:5432/db'],
    ['postgresql://h:5432/db', 'postgresql://h:5432/db'],
    ['host=h password=hunter2 dbname=db', 'host=h password=*** dbname=db'],
    ["PASSWORD = 'hun ter\\'2' host='/run/pg'", 'PASSWORD=*** host=/run/pg'],
    ["application_name='it\\'s mine' user=u", "application_name='it\\'s mine' user=u"],
    ['no connection string with hunter2', '***'],
  ])('%s', (dsn, expected) => {
    expect(redactDsn(dsn)).toBe(expected);
  });

  it('have their pairs read by the rules of libpq', () => {
    expect(dsnPairs(`a = 'b c\\'d\\\\' e=f\\ g h=`)).toEqual([
      ['a', "b c'd\\"],
      ['e', 'f g'],
      ['h', ''],
    ]);
    expect(dsnPairs('a=b c')).toBeNull();
    expect(dsnPairs("a='b")).toBeNull();
    expect(dsnPairs('')).toBeNull();
  });
});

describe('passwords in connection strings', () => {
  it.each([
    ['postgresql://u:hun%20ter@h/db', ['hun%20ter', 'hun ter']],
    ['postgresql:///db?password=hunter2', ['hunter2']],
    ['postgresql://u:50%@h/db', ['50%']],
    ["host=h password='hun ter'", ['hun ter']],
    ['host=h password=', []],
    ['postgresql://u@h/db', []],
  ])('%s', (dsn, secrets) => {
    expect(dsnSecrets(dsn)).toEqual(secrets);
  });
});

describe('the config in the log', () => {
  const load = (...args: string[]) => rightOf(configFromArguments(args, surroundings()));

  it('is plain JSON without the password; paths stay', () => {
    const config = load('-p', 'host=h password=hunter2', '--agent-token-file', '/run/token', '--max-size', '1,4GiB');
    const logged = redactedConfig(config);
    expect(logged).toEqual({ ...config, pgconnstr: 'host=h password=***' });
    expect(JSON.parse(JSON.stringify(logged))).toEqual(logged);
    expect(logged).toMatchObject({ agentTokenFile: '/run/token' });
  });

  it('goes with the list of texts to keep out of log lines', () => {
    expect(configuredSecrets(load('-p', 'host=h password=hunter2'))).toEqual(['hunter2']);
    expect(configuredSecrets(load())).toEqual([]);
  });
});
