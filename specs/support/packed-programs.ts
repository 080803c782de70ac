/** What lies in dist/cli.js, unpacked by other code than its own head. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { ROOT } from './repository-root';

/** The source of each program by its name. Throws for a part that is no packed program in a comment. */
export const packedPrograms = (): ReadonlyMap<string, string> => {
  const [, ...parts] = readFileSync(join(ROOT, 'dist/cli.js'), 'latin1').split('\n/*');
  return new Map(
    parts.map((part) => {
      const match = /^([\w-]+)\n([\w+/=]+)\n\*\/\n?$/.exec(part);
      if (match === null) throw new Error(`not a packed program: ${part.slice(0, 40)}`);
      const [, name = '', text = ''] = match;
      return [name, inflateRawSync(Buffer.from(text, 'base64')).toString('utf8')];
    }),
  );
};
