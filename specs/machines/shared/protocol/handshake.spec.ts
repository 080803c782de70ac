import * as E from 'fp-ts/Either';
import { errorReply, negotiate, versionReply } from '../../../../machines/shared/protocol/handshake';

describe('a range that overlaps is answered with the highest version that both know', () => {
  it.each([
    ['{"min":1,"max":1}', '1.0'],
    ['{"min":0,"max":255}', '1.0'],
    ['{"max":2,"min":1,"extra":{}}', '1.0'],
    ['{"min":1,"max":2,"features":["scale-request"]}', '1.1'],
    ['{"min":2,"max":2,"features":["other","scale-request"]}', '1.1'],
    ['{"min":0,"max":255,"features":["scale-request"]}', '1.1'],
    ['{"min":1,"max":1,"features":["scale-request"]}', '1.0'],
    ['{"min":1,"max":2,"features":["other"]}', '1.0'],
    ['{"min":1,"max":2,"features":"scale-request"}', '1.0'],
    ['{"min":1,"max":2,"features":null}', '1.0'],
  ])('%s → v%s', (text, version) => {
    expect(negotiate(text)).toEqual(E.right({ version }));
  });
});

const noOverlap = (range: string): string =>
  `Received protocol version range ${range} which does not overlap with v1.0`;

describe('a range that does not is answered with an error', () => {
  it.each([
    ['{"min":0,"max":0}', noOverlap('<invalid: zero>')],
    ['{"min":2,"max":2}', noOverlap('<unknown: 2>')],
    ['{"min":7,"max":7,"features":["scale-request"]}', noOverlap('<unknown: 7>')],
    ['{"min":2,"max":255}', noOverlap('<unknown: 2> to <unknown: 255>')],
    ['{"min":2,"max":1}', 'malformed protocol version range: min must not be above max, got 2 and 1'],
    ['{"min":1,"max":256}', 'malformed protocol version range: max must be at most 255, got 256'],
    ['{"min":300,"max":300}', 'malformed protocol version range: max must be at most 255, got 300'],
    ['{"min":-1,"max":1}', 'malformed protocol version range: min must be an unsigned 64-bit integer, got -1'],
    ['{"min":1.0,"max":1}', 'malformed protocol version range: min must be an unsigned 64-bit integer, got 1.0'],
    ['{"min":1}', 'malformed protocol version range: max must be an unsigned 64-bit integer, got nothing'],
    ['{"min":1,"max":1,"max":1}', 'malformed protocol version range: key "max" stands twice in one object'],
    ['[1,1]', 'malformed protocol version range: it must be an object, got an array'],
    ['hello', "malformed protocol version range: not JSON: JSON value expected but got 'h' at position 0"],
    ['['.repeat(60_000), 'malformed protocol version range: nested deeper than 32 levels'],
  ])('%.60s', (text, error) => {
    expect(negotiate(text)).toEqual(E.left({ error }));
  });
});

describe('the replies', () => {
  it('name the version, its features and the connection', () => {
    expect(versionReply('1.0', '00ff')).toBe('{"version":1,"conn":"00ff"}');
    expect(versionReply('1.1', '00ff')).toBe('{"version":2,"features":["scale-request"],"conn":"00ff"}');
  });

  it('an error is an object with the reason', () => {
    expect(errorReply('no "overlap"')).toBe('{"error":"no \\"overlap\\""}');
  });
});
