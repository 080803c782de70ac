/** The agents' shared secret, from its file. */
import { readFile } from 'node:fs/promises';
import { codeOf } from '../node-error';

/** Longer is no token but the wrong file. */
const TOKEN_MAX_BYTES = 4096;

/** Without the newline that editors add. `key` is the flag's, for messages. @throws a sentence that names the file, never its content */
export const readAgentToken = async (path: string | null, key = 'agentTokenFile'): Promise<string | null> => {
  if (path === null) return null;
  const token = await readFile(path, 'utf8').then(
    (text) => text.trim(),
    (error: unknown) => {
      throw new Error(`${key} ${path}: cannot be read (${codeOf(error) || 'unreadable'})`);
    },
  );
  if (token === '' || token.length > TOKEN_MAX_BYTES || /\s/.test(token)) {
    throw new Error(`${key} ${path}: expected one token without spaces, at most ${TOKEN_MAX_BYTES} bytes`);
  }
  return token;
};
