/** What the image is made of: it is built anew when any of this changes. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { version as postgresVersion } from '../../support/postgres/installation';
import { ROOT } from '../../support/repository-root';
import { kernelPackage, VM_SOURCES } from './places';

const sources = (): readonly string[] =>
  [join(VM_SOURCES, 'image'), join(VM_SOURCES, 'guest'), join(ROOT, 'specs/support/postgres')].flatMap((directory) =>
    readdirSync(directory)
      .sort()
      .map((name) => readFileSync(join(directory, name), 'utf8')),
  );

/** A short name for this very image. */
export const recipe = (): string => {
  const ingredients = [basename(kernelPackage()), process.version, process.execPath, postgresVersion(), ...sources()];
  return createHash('sha256').update(JSON.stringify(ingredients)).digest('hex').slice(0, 16);
};
