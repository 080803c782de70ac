/**
 * Looks once a second whether somebody else has written memory.high or memory.max: two small reads on held handles.
 * Only where one reads otherwise than before, or a limit of ours could not be lifted, are they looked at closely.
 */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { createReadBuffer, HeldFile } from '../kernel/held-file';
import type { CgroupLimits } from './cgroup-limits';
import type { LimitName } from './limit-text';
import { SECOND_MS } from '../../../machines/shared/units';

/** Between two looks at limits that somebody else may have set. */
const FOREIGN_LOOK_MS = SECOND_MS;
/** "max" or a number of bytes, and a line's end. */
const MAX_LIMIT_TEXT_BYTES = 64;

const FILES: readonly LimitName[] = ['memory.high', 'memory.max'];

/** @returns ends it */
export const lookForForeign = (
  managed: string,
  limits: Pick<CgroupLimits, 'checkForeign' | 'hasRemains'>,
): (() => Promise<void>) => {
  const buffer = createReadBuffer().subarray(0, MAX_LIMIT_TEXT_BYTES);
  const files = FILES.map((name) => new HeldFile(join(managed, name), buffer));
  let observed = '';
  let isLooking = false;

  const look = async (): Promise<void> => {
    for (const file of files) await file.open();
    // What cannot be read says nothing: no such cgroup, for example.
    const now = files.map((file) => E.getOrElse(() => '')(file.read())).join();
    if (now === observed && !limits.hasRemains) return;
    if (await limits.checkForeign()) observed = now;
  };

  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
    });
  }, FOREIGN_LOOK_MS).unref();

  return async () => {
    clearInterval(timer);
    await Promise.all(files.map((file) => file.close({ code: '', message: `${file.path}: closed` })));
  };
};
