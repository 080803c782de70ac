import { MAX_LINE_BYTES } from '../../../../adapters/shared/logging/line';
import { createLogger } from '../../../../adapters/shared/logging/logger';
import type { Readable } from '../../../../adapters/shared/logging/pretty-line';
import { GIB, MIB } from '../../../../machines/shared/units';

const NOON = Date.UTC(2026, 0, 31, 12);

const READABLE: Readable = {
  sentences: { decided: 'decided {desired}: {reason}[; {leftBytes} left][ for {waitMs}]' },
  colours: 'none',
  time: 'utc',
};
const FORMATS = { json: 'json', pretty: READABLE } as const;

const collect = (name: keyof typeof FORMATS, secrets: readonly string[] = [], readable: Partial<Readable> = {}) => {
  const lines: string[] = [];
  const format = name === 'json' ? name : { ...READABLE, ...readable };
  const logger = createLogger({ format, secrets, clock: () => NOON, write: (line) => lines.push(line) });
  return { logger, lines };
};

const parsed = (line = ''): unknown => JSON.parse(line);

describe('JSON lines', () => {
  it('have level and message first and the time last', () => {
    const { logger, lines } = collect('json');
    logger.info('listening', { addr: '127.0.0.1:10301' });
    logger.warn('late');
    logger.error('broken', { n: 1 });
    expect(lines).toEqual([
      '{"level":"info","msg":"listening","addr":"127.0.0.1:10301","ts":"2026-01-31T12:00:00.000Z"}',
      '{"level":"warn","msg":"late","ts":"2026-01-31T12:00:00.000Z"}',
      '{"level":"error","msg":"broken","n":1,"ts":"2026-01-31T12:00:00.000Z"}',
    ]);
  });

  it('show errors, large integers and what has no JSON', () => {
    const { logger, lines } = collect('json');
    logger.info('m', { error: new RangeError('too far'), id: 2n ** 64n, none: undefined, when: new Date(NOON) });
    expect(parsed(lines[0])).toMatchObject({
      error: 'RangeError: too far',
      id: '18446744073709551616',
      when: '2026-01-31T12:00:00.000Z',
    });
  });

  it('do not let fields take the place of level, msg and ts', () => {
    const { logger, lines } = collect('json');
    logger.info('m', { level: 'error', msg: 'x', ts: 'y' });
    expect(parsed(lines[0])).toEqual({ level: 'info', msg: 'm', ts: '2026-01-31T12:00:00.000Z' });
  });

  it('stay one line of JSON within the bound, whatever comes', () => {
    const { logger, lines } = collect('json');
    logger.info('\0'.repeat(10_000), { text: '"\\\n'.repeat(10_000) });
    logger.info('m', { text: '\u{1F600}"'.repeat(10_000) });
    logger.info('m', Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`key${n}`, n])));
    for (const line of lines) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(MAX_LINE_BYTES);
      expect(line).not.toContain('\n');
      expect(parsed(line)).toMatchObject({ level: 'info', cut: expect.stringMatching(/^\{.*…$/) as unknown });
    }
    expect(lines).toHaveLength(3);
  });
});

describe('readable lines', () => {
  it('have the time of day, the level, the message and the fields', () => {
    const { logger, lines } = collect('pretty');
    logger.info('listening', { addr: '[::1]:80', n: 5, why: 'two words', size: { cpu: 1 } });
    expect(lines).toEqual(['12:00:00.000 info  listening addr=[::1]:80 n=5 why="two words" size={"cpu":1}']);
  });

  it('are the sentence of their kind where there is one, with the units of sizes, bytes and times', () => {
    const { logger, lines } = collect('pretty');
    const desired = { cpu: 1, mem: 4 * GIB };
    logger.info('decided', { event: 'size.decided', seq: 3, at: 90, desired, reason: 'in use', parts: { a: 1 } });
    logger.info('decided', { desired, reason: '[{leftBytes}]', leftBytes: 5 * MIB, waitMs: 1500 });
    logger.info('free', { event: 'memory.freed', seq: 4, leftBytes: 5 * MIB, pids: [7, 8] });
    expect(lines.map((line) => line.slice(19))).toEqual([
      'decided 1 vCPU, 4 GiB: in use',
      'decided 1 vCPU, 4 GiB: [{leftBytes}]; 5 MiB left for 1.5 s',
      'free leftBytes="5 MiB" pids="7, 8"',
    ]);
  });

  it('have colours for their level if these are wanted, and nothing else that steers the terminal', () => {
    const { logger, lines } = collect('pretty', [], { colours: 'ansi' });
    logger.warn('late\u001b[2J');
    expect(lines).toEqual([String.raw`12:00:00.000 ${'\u001b'}[33mwarn ${'\u001b'}[0m late\u001b[2J`]);
  });

  it('have local time with its distance from UTC if that is wanted', () => {
    const { logger, lines } = collect('pretty', [], { time: 'local' });
    logger.info('m');
    const [, time = '', distance = ''] = /^(\S{12})([+-]\d\d:\d\d) /.exec(lines[0] ?? '') ?? [];
    expect(Date.parse(`2026-01-31T${time}${distance}`)).toBe(NOON);
  });

  it('show control characters from outside as escapes', () => {
    const { logger, lines } = collect('pretty');
    logger.warn('a\nb\u001b[2J', { text: '\u009b31m\r\n' });
    expect(lines[0]).toMatch(/^\P{Cc}+$/u);
    expect(lines[0]).toContain(String.raw`a\u000ab\u001b[2J`);
  });

  it.each(['\u202e', '\u2066', '\u200f', '\u061c', '\u2028', '\u007f'])(
    'show %j, which would reorder or break a line, as an escape',
    (character) => {
      const { logger, lines } = collect('pretty');
      logger.warn(`frame${character}txt`);
      expect(lines[0]).toMatch(/frame\\u[0-9a-f]{4}txt$/);
    },
  );

  it('are cut at the bound', () => {
    const { logger, lines } = collect('pretty');
    logger.info('€'.repeat(10_000));
    expect(Buffer.byteLength(lines[0] ?? '')).toBeLessThanOrEqual(MAX_LINE_BYTES);
    expect(lines[0]).toMatch(/…$/);
  });
});

describe.each(['json', 'pretty'] as const)('secrets in %s lines', (format) => {
  it('are hidden in messages, fields and errors, also where a line is cut', () => {
    const { logger, lines } = collect(format, ['hunter2', 'hunter2-long']);
    logger.info('login with hunter2-long', { dsn: 'x=hunter2', list: ['hunter2'], error: new Error('bad hunter2') });
    logger.info(`${'x'.repeat(596)}hunter2${'x'.repeat(9000)}`);
    expect(lines.join('')).not.toMatch(/hunte|-long/);
    expect(lines[0]).toContain('login with ***');
  });

  it('do not blot out words when they are very short', () => {
    const { logger, lines } = collect(format, ['lis', '']);
    logger.info('listening');
    expect(lines[0]).toContain('listening');
  });
});

describe.each(['json', 'pretty'] as const)('a call for a %s line returns', (format) => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const hostile = {
    get broken(): never {
      throw new Error('no');
    },
  };

  it.each([
    ['a cycle', { cyclic }],
    ['a getter that throws', { hostile }],
  ])('and shows the rest for %s', (_what, fields) => {
    const { logger, lines } = collect(format);
    logger.info('m', fields);
    expect(lines[0]).toContain('cannot be shown');
    expect(lines[0]).toContain('info');
  });

  it('when the writer throws and when the clock is broken', () => {
    const failing = createLogger({
      format: FORMATS[format],
      clock: () => NOON,
      write: () => {
        throw new Error('EPIPE');
      },
    });
    const timeless = createLogger({ format: FORMATS[format], clock: () => NaN, write: () => undefined });
    expect(() => {
      failing.info('m');
      timeless.error('m');
    }).not.toThrow();
  });
});
