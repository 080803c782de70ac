/** The answer of the guest's command server, taken apart (specs/vm/guest/command-server.c). */
export type FrameKind = 'p' | 'o' | 'e' | 'x';

const HEAD_BYTES = 5;

/** @param onFrame called for each whole frame; @returns what takes the bytes as they come */
export const frameReader = (onFrame: (kind: FrameKind, bytes: Buffer) => void): ((bytes: Buffer) => void) => {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + rest.readUInt32BE(1);
      if (rest.length < end) return;
      // The server sends no other kinds.
      onFrame(String.fromCharCode(rest.readUInt8(0)) as FrameKind, rest.subarray(HEAD_BYTES, end));
      rest = rest.subarray(end);
    }
  };
};

/** The request to run `script` with this stdin. */
export const requestFor = (script: string, stdin: Buffer): Buffer => {
  const text = Buffer.from(script);
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(text.length, 0);
  sizes.writeUInt32BE(stdin.length, 4);
  return Buffer.concat([sizes, text, stdin]);
};
