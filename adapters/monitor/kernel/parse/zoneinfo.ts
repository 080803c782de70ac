/** /proc/zoneinfo: what the kernel itself can still allocate. */
import { type Either, isLeft, left, right } from 'fp-ts/Either';
import { type ParseError, missing } from '../../../shared/parse/parse-error';
import { endOfWord, optionalField, requiredField, skipBlanks } from '../../../shared/parse/scan';

/** Of the x86-64 and arm64 kernels that Postgres VMs run. */
const PAGE_BYTES = 4096;

/** Hot-added memory is put here when it must be removable again: it carries no kernel allocation. */
const MOVABLE = 'Movable';
const ZONE = ', zone';

const zoneName = (section: string): string => {
  const start = skipBlanks(section, 0);
  return section.slice(start, endOfWord(section, start));
};

/** Free pages, and page cache that would be dropped for an allocation: a full cache is no lack of room. */
const roomOf = (file: string, section: string): Either<ParseError, number> => {
  const free = requiredField(file, section, '  pages free ', PAGE_BYTES);
  if (isLeft(free)) return free;
  const inactive = optionalField(file, section, '      nr_zone_inactive_file ', PAGE_BYTES);
  if (isLeft(inactive)) return inactive;
  const active = optionalField(file, section, '      nr_zone_active_file ', PAGE_BYTES);
  if (isLeft(active)) return active;
  return right(free.right + (inactive.right ?? 0) + (active.right ?? 0));
};

/** Bytes of room in all zones but Movable, summed over the NUMA nodes. */
export const parseKernelRoom = (file: string, text: string): Either<ParseError, number> => {
  let bytes = 0;
  let at = text.indexOf(ZONE);
  if (at < 0) return left(missing(file, text, 'a line "Node 0, zone ..."'));
  while (at >= 0) {
    const next = text.indexOf(ZONE, at + ZONE.length);
    const section = text.slice(at + ZONE.length, next < 0 ? undefined : next);
    const zone = zoneName(section);
    if (zone !== MOVABLE) {
      const room = roomOf(`${file} (zone ${zone})`, section);
      if (isLeft(room)) return room;
      bytes += room.right;
    }
    at = next;
  }
  return right(bytes);
};
