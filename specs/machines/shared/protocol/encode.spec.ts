import { encodeFrame } from '../../../../machines/shared/protocol/encode';
import type { MonitorMessage } from '../../../../machines/shared/protocol/messages';

const MAX_REPLY_BYTES = 32 * 1024;

describe('a message of ours has the shape of the reference', () => {
  const cases: readonly (readonly [message: MonitorMessage, text: string])[] = [
    [{ type: 'UpscaleConfirmation', id: '4' }, '{"type":"UpscaleConfirmation","id":4}'],
    [
      { type: 'DownscaleResult', id: '6', ok: true, status: 'set "it"' },
      '{"type":"DownscaleResult","Ok":true,"Status":"set \\"it\\"","id":6}',
    ],
    [{ type: 'HealthCheck', id: '18446744073709551615' }, '{"type":"HealthCheck","id":18446744073709551615}'],
    [
      { type: 'InternalError', id: '6', error: 'failed to downscale' },
      '{"type":"InternalError","error":"failed to downscale","id":6}',
    ],
    [{ type: 'InvalidMessage', id: '0', error: 'what' }, '{"type":"InvalidMessage","error":"what","id":0}'],
    [{ type: 'UpscaleRequest', id: '3' }, '{"type":"UpscaleRequest","id":3}'],
    [
      { type: 'ScaleRequest', id: '3', target: { cpu: 0.5, mem: '2147483648' } },
      '{"type":"ScaleRequest","target":{"cpu":0.5,"mem":2147483648},"id":3}',
    ],
    [
      {
        type: 'ScaleRequest',
        id: '5',
        target: { cpu: 1, mem: '9007199254740993' },
        floor: { cpu: 0.25, mem: '1073741824' },
        withinMs: 900,
      },
      '{"type":"ScaleRequest","target":{"cpu":1,"mem":9007199254740993},"floor":{"cpu":0.25,"mem":1073741824},"withinMs":900,"id":5}',
    ],
  ];

  it.each(cases)('%j', (message, text) => {
    expect(encodeFrame(message)).toBe(text);
  });
});

describe('bounds and broken invariants', () => {
  it.each(['x', 'ä', '😀', '\u0000', '\ud800', '"'])('a frame full of %j stays under 32 KiB', (char) => {
    const text = char.repeat(100_000);
    for (const message of [
      { type: 'DownscaleResult', id: '6', ok: false, status: text },
      { type: 'InternalError', id: '6', error: text },
      { type: 'InvalidMessage', id: '6', error: text },
    ] as const) {
      const frame = encodeFrame(message);
      expect(Buffer.byteLength(frame)).toBeLessThan(MAX_REPLY_BYTES);
      expect(() => JSON.parse(frame) as unknown).not.toThrow();
    }
  });

  it('an id of ours that is no number throws', () => {
    expect(() => encodeFrame({ type: 'HealthCheck', id: 'seven' })).toThrow('Invalid number (value: "seven")');
  });
});
