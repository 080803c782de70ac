/** After all specs (jest's globalTeardown). */
import { rmSync } from 'node:fs';

export default (): void => {
  const directory = process.env['SPECS_DIRECTORY'];
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
};
