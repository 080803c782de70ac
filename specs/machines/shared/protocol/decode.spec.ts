import * as E from 'fp-ts/Either';
import { decodeFrame } from '../../../../machines/shared/protocol/decode';
import type { AgentMessage } from '../../../../machines/shared/protocol/messages';

const U64_MAX = '18446744073709551615';

describe('a well-formed frame is decoded', () => {
  const cases: readonly (readonly [text: string, message: AgentMessage])[] = [
    [
      '{"content":{"granted":{"cpu":2,"mem":8589934592}},"type":"UpscaleNotification","id":4}',
      { type: 'UpscaleNotification', id: '4', granted: { cpu: 2, mem: '8589934592' } },
    ],
    [
      '{"type":"DownscaleRequest","id":6,"content":{"target":{"mem":4294967296,"cpu":0.25}}}',
      { type: 'DownscaleRequest', id: '6', target: { cpu: 0.25, mem: '4294967296' } },
    ],
    ['{"content":{},"type":"HealthCheck","id":8}', { type: 'HealthCheck', id: '8' }],
    ['{"content":{"error":"no"},"type":"InvalidMessage","id":3}', { type: 'InvalidMessage', id: '3', error: 'no' }],
    ['{"content":{"error":""},"type":"InternalError","id":0}', { type: 'InternalError', id: '0', error: '' }],
    [
      '{"content":{"target":{"cpu":4,"mem":1},"reason":"node is full"},"type":"ScaleDenied","id":10}',
      { type: 'ScaleDenied', id: '10', target: { cpu: 4, mem: '1' }, reason: 'node is full' },
    ],
    [
      '{"content":{},"type":"VmInfo","id":2}',
      { type: 'VmInfo', id: '2', granted: null, min: null, max: null, unit: null, etaMs: null },
    ],
    [
      '{"content":{"granted":{"cpu":1,"mem":1},"min":{"cpu":1,"mem":2},"max":{"cpu":1,"mem":3},"unit":{"cpu":1,"mem":4},"etaMs":1500.5},"type":"VmInfo","id":2}',
      {
        type: 'VmInfo',
        id: '2',
        granted: { cpu: 1, mem: '1' },
        min: { cpu: 1, mem: '2' },
        max: { cpu: 1, mem: '3' },
        unit: { cpu: 1, mem: '4' },
        etaMs: 1500.5,
      },
    ],
  ];

  it.each(cases)('%s', (text, message) => {
    expect(decodeFrame(text)).toEqual(E.right(message));
  });

  it('keeps ids and sizes beyond 2^53 digit for digit', () => {
    const text = `{"content":{"granted":{"cpu":1,"mem":${U64_MAX}}},"type":"UpscaleNotification","id":9007199254740993}`;
    expect(decodeFrame(text)).toEqual(
      E.right({ type: 'UpscaleNotification', id: '9007199254740993', granted: { cpu: 1, mem: U64_MAX } }),
    );
  });

  it.each([
    ['1e308', 1e308],
    ['5e-324', 5e-324],
    ['2.5e-1', 0.25],
    ['1E2', 100],
  ])('takes the cpu %s', (literal, cpu) => {
    const text = `{"content":{"granted":{"cpu":${literal},"mem":1}},"type":"UpscaleNotification","id":4}`;
    expect(decodeFrame(text)).toEqual(E.right({ type: 'UpscaleNotification', id: '4', granted: { cpu, mem: '1' } }));
  });

  it.each([
    ['"cpu":0,"mem":1', 'content.granted.cpu must be a finite number above 0, got 0'],
    ['"cpu":-0,"mem":1', 'content.granted.cpu must be a finite number above 0, got -0'],
    ['"cpu":-1.5,"mem":1', 'content.granted.cpu must be a finite number above 0, got -1.5'],
    ['"cpu":1e309,"mem":1', 'content.granted.cpu must be a finite number above 0, got 1e309'],
    ['"cpu":1,"mem":0', 'content.granted.mem must be an unsigned 64-bit integer above 0, got 0'],
    ['"cpu":1,"mem":-1', 'content.granted.mem must be an unsigned 64-bit integer above 0, got -1'],
    [
      '"cpu":1,"mem":18446744073709551616',
      'content.granted.mem must be an unsigned 64-bit integer above 0, got 18446744073709551616',
    ],
  ])('takes no size of %s', (size, problem) => {
    const text = `{"content":{"granted":{${size}}},"type":"UpscaleNotification","id":4}`;
    expect(decodeFrame(text)).toEqual(E.left({ id: '4', error: `malformed UpscaleNotification: ${problem}` }));
  });

  it('ignores unknown fields at every level', () => {
    const text =
      '{"x":[{}],"content":{"y":null,"granted":{"cpu":1,"mem":2,"z":1e999}},"type":"UpscaleNotification","id":4}';
    expect(decodeFrame(text)).toEqual(E.right({ type: 'UpscaleNotification', id: '4', granted: { cpu: 1, mem: '2' } }));
  });

  it('takes the same key in different objects, and braces and colons within strings', () => {
    const text = '{"content":{"error":"{\\"id\\":1,\\"id\\":[[\\\\"},"type":"InternalError","id":1,"x":{"id":2}}';
    expect(decodeFrame(text)).toEqual(E.right({ type: 'InternalError', id: '1', error: '{"id":1,"id":[[\\' }));
  });
});
