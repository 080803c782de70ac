import * as E from 'fp-ts/Either';
import { decodeFrame } from '../../../../machines/shared/protocol/decode';
import { MAX_ERROR_CHARS } from '../../../../machines/shared/protocol/explain';

const upscale = (mem: string): string =>
  `{"content":{"granted":{"cpu":1,"mem":${mem}}},"type":"UpscaleNotification","id":4}`;

describe('a malformed frame is refused with what, where and what was expected', () => {
  const cases: readonly (readonly [text: string, id: string, error: string])[] = [
    ['', '0', 'malformed frame: not JSON: JSON value expected but reached end of input at position 0'],
    [
      '{"id":4',
      '0',
      "malformed frame: not JSON: Quoted object key or end of object '}' expected but reached end of input at position 7",
    ],
    ['{"id":4}{', '0', "malformed frame: not JSON: Expected end of input but got '{' at position 8"],
    ['{"id":04}', '0', "malformed frame: not JSON: Comma ',' expected after value but got '4' at position 7"],
    ['\u0000', '0', "malformed frame: not JSON: JSON value expected but got '\u0000' at position 0"],
    ['null', '0', 'malformed frame: it must be an object, got null'],
    ['[1]', '0', 'malformed frame: it must be an object, got an array'],
    ['17', '0', 'malformed frame: it must be an object, got 17'],
    ['{}', '0', 'malformed frame: type must be a string, got nothing'],
    ['{"id":4}', '4', 'malformed frame: type must be a string, got nothing'],
    ['{"type":7,"id":4}', '4', 'malformed frame: type must be a string, got 7'],
    ['{"type":"ScaleRequest","id":3}', '3', 'Received message of unknown type: "ScaleRequest"'],
    ['{"type":"UpscaleConfirmation","id":3}', '3', 'Received message of unknown type: "UpscaleConfirmation"'],
    [
      '{"type":"DownscaleResult","Ok":true,"Status":"","id":3}',
      '3',
      'Received message of unknown type: "DownscaleResult"',
    ],
    ['{"type":"UpscaleRequest","id":3}', '3', 'Received message of unknown type: "UpscaleRequest"'],
    ['{"type":"healthcheck","content":{},"id":3}', '3', 'Received message of unknown type: "healthcheck"'],
    ['{"type":"toString","id":3}', '3', 'Received message of unknown type: "toString"'],
    ['{"type":"__proto__","id":3}', '3', 'Received message of unknown type: "__proto__"'],
    ['{"type":"HealthCheck","id":8}', '8', 'malformed HealthCheck: content must be an object, got nothing'],
    ['{"type":"HealthCheck","content":null,"id":8}', '8', 'malformed HealthCheck: content must be an object, got null'],
    ['{"type":"HealthCheck","content":5,"id":8}', '8', 'malformed HealthCheck: content must be an object, got 5'],
    [
      '{"type":"HealthCheck","content":[],"id":8}',
      '8',
      'malformed HealthCheck: content must be an object, got an array',
    ],
    [
      '{"type":"HealthCheck","content":{}}',
      '0',
      'malformed HealthCheck: id must be an unsigned 64-bit integer, got nothing',
    ],
    [
      '{"type":"HealthCheck","content":{},"id":"8"}',
      '0',
      'malformed HealthCheck: id must be an unsigned 64-bit integer, got "8"',
    ],
    [
      '{"type":"HealthCheck","content":{},"id":-8}',
      '0',
      'malformed HealthCheck: id must be an unsigned 64-bit integer, got -8',
    ],
    [
      '{"type":"HealthCheck","content":{},"id":8.0}',
      '0',
      'malformed HealthCheck: id must be an unsigned 64-bit integer, got 8.0',
    ],
    [
      '{"type":"HealthCheck","content":{},"id":18446744073709551616}',
      '0',
      'malformed HealthCheck: id must be an unsigned 64-bit integer, got 18446744073709551616',
    ],
    [
      '{"type":"InvalidMessage","content":{"error":1},"id":3}',
      '3',
      'malformed InvalidMessage: content.error must be a string, got 1',
    ],
    [
      '{"type":"InternalError","content":{},"id":3}',
      '3',
      'malformed InternalError: content.error must be a string, got nothing',
    ],
    [
      '{"type":"UpscaleNotification","content":{"granted":7},"id":4}',
      '4',
      'malformed UpscaleNotification: content.granted must be an object, got 7',
    ],
    [
      '{"type":"UpscaleNotification","content":{"granted":{"mem":1}},"id":4}',
      '4',
      'malformed UpscaleNotification: content.granted.cpu must be a finite number above 0, got nothing',
    ],
    [
      '{"type":"UpscaleNotification","content":{"granted":{"cpu":1e999,"mem":1}},"id":4}',
      '4',
      'malformed UpscaleNotification: content.granted.cpu must be a finite number above 0, got 1e999',
    ],
    [
      '{"type":"UpscaleNotification","content":{"granted":{"cpu":true,"mem":1}},"id":4}',
      '4',
      'malformed UpscaleNotification: content.granted.cpu must be a finite number above 0, got true',
    ],
    [
      upscale('8589934592.0'),
      '4',
      'malformed UpscaleNotification: content.granted.mem must be an unsigned 64-bit integer above 0, got 8589934592.0',
    ],
    [
      upscale('1e9'),
      '4',
      'malformed UpscaleNotification: content.granted.mem must be an unsigned 64-bit integer above 0, got 1e9',
    ],
    [
      upscale('-1'),
      '4',
      'malformed UpscaleNotification: content.granted.mem must be an unsigned 64-bit integer above 0, got -1',
    ],
    [
      upscale('{}'),
      '4',
      'malformed UpscaleNotification: content.granted.mem must be an unsigned 64-bit integer above 0, got an object',
    ],
    [
      '{"type":"DownscaleRequest","content":{"granted":{"cpu":1,"mem":1}},"id":6}',
      '6',
      'malformed DownscaleRequest: content.target must be an object, got nothing',
    ],
    [
      '{"type":"ScaleDenied","content":{"target":{"cpu":1,"mem":1}},"id":6}',
      '6',
      'malformed ScaleDenied: content.reason must be a string, got nothing',
    ],
    [
      '{"type":"VmInfo","content":{"max":null},"id":6}',
      '6',
      'malformed VmInfo: content.max must be an object, got null',
    ],
    [
      '{"type":"VmInfo","content":{"min":{"cpu":1}},"id":6}',
      '6',
      'malformed VmInfo: content.min.mem must be an unsigned 64-bit integer above 0, got nothing',
    ],
    [
      '{"type":"VmInfo","content":{"etaMs":"1"},"id":6}',
      '6',
      'malformed VmInfo: content.etaMs must be a finite number, got "1"',
    ],
    ['{"type":"HealthCheck","content":{},"id":8,"id":8}', '0', 'malformed frame: key "id" stands twice in one object'],
    ['{"type":"HealthCheck","content":{},"id":8,"id":9}', '0', 'malformed frame: key "id" stands twice in one object'],
    ['{"x":{"a":1,"\\u0061":1},"id":8}', '0', 'malformed frame: key "\\u0061" stands twice in one object'],
    ['{"__proto__":1,"__proto__":1}', '0', 'malformed frame: key "__proto__" stands twice in one object'],
  ];

  it.each(cases)('%j', (text, id, error) => {
    expect(decodeFrame(text)).toEqual(E.left({ id, error }));
  });
});

describe('hostile frames', () => {
  it('fields under __proto__ are no fields of the frame and pollute nothing', () => {
    const text = '{"type":"HealthCheck","id":8,"__proto__":{"content":{}},"constructor":{"prototype":{"polluted":1}}}';
    expect(decodeFrame(text)).toEqual(
      E.left({ id: '8', error: 'malformed HealthCheck: content must be an object, got nothing' }),
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it.each(['[', '{"a":', '[{"a":'])('64 KiB of %s are refused without recursion', (opening) => {
    const text = opening.repeat(Math.floor(65_536 / opening.length));
    expect(decodeFrame(text)).toEqual(E.left({ id: '0', error: 'malformed frame: nested deeper than 32 levels' }));
  });

  it('brackets within a string are not nesting', () => {
    const error = '['.repeat(1000);
    expect(decodeFrame(`{"content":{"error":"${error}"},"type":"InternalError","id":1}`)).toEqual(
      E.right({ type: 'InternalError', id: '1', error }),
    );
  });

  it.each([
    ['a long type', `{"type":"${'\\u0000'.repeat(5000)}","id":1}`],
    ['a long key twice', `{"${'k'.repeat(5000)}":1,"${'k'.repeat(5000)}":1}`],
    ['a long number', `{"type":"HealthCheck","content":{},"id":${'9'.repeat(60_000)}}`],
    ['a long string', `{"type":"HealthCheck","content":"${'x'.repeat(60_000)}","id":1}`],
    ['a string without end', `"${'\\"'.repeat(30_000)}`],
  ])('the error about %s is bounded', (_name, text) => {
    const result = decodeFrame(text);
    expect(E.isLeft(result)).toBe(true);
    if (E.isLeft(result)) expect(result.left.error.length).toBeLessThanOrEqual(MAX_ERROR_CHARS);
  });
});
