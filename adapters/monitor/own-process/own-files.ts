/** The few files that the monitor touches for itself. */
import { fileFailure } from '../../shared/node-error';
import type { ActuatorFiles } from '../protection/files';

/** Both reject with an Error whose message is one line and names the file. */
export type OwnFiles = Pick<ActuatorFiles, 'readText' | 'writeKernel'>;

const naming = async <Result>(path: string, work: Promise<Result>): Promise<Result> =>
  work.catch((error: unknown) => {
    throw new Error(fileFailure(path, error).message);
  });

export const ownFiles = (files: OwnFiles): OwnFiles => ({
  readText: (path) => naming(path, files.readText(path)),
  writeKernel: (path, text) => naming(path, files.writeKernel(path, text)),
});

/** The one number that the file holds; "max" is Infinity. Rejects also when there is no number in it. */
export const readNumber = async (files: OwnFiles, path: string): Promise<number> => {
  const text = (await files.readText(path)).trim();
  const value = text === 'max' ? Infinity : Number(text);
  if (text === '' || Number.isNaN(value)) throw new Error(`${path}: expected a number, found ${JSON.stringify(text)}`);
  return value;
};
