/** /proc/zoneinfo: what the kernel itself can still allocate. */
import { type Either, isLeft, left, map, right } from 'fp-ts/Either';
import { type ParseError, missing } from '../../../shared/parse/parse-error';
import { allFields, endOfWord, optionalField, requiredField, skipBlanks } from '../../../shared/parse/scan';
import { PAGE_BYTES } from '../page-size';

/** Hot-added memory is put here when it must be removable again: it carries no kernel allocation. */
const MOVABLE = 'Movable';
const ZONE = ', zone';

const zoneName = (section: string): string => {
  const start = skipBlanks(section, 0);
  return section.slice(start, endOfWord(section, start));
};

/** In pages. */
interface Zone {
  /** Free, and page cache that would be dropped for an allocation: a full cache is no lack of room. */
  readonly roomPages: number;
  readonly lowPages: number;
  /** Of the whole node, which says it in the section of its first zone; 0 in the others. */
  readonly slabPages: number;
}

const NO_ROOM = right(0);

const optionalPages = (file: string, section: string, key: string): Either<ParseError, number> =>
  map((pages: number | undefined) => pages ?? 0)(optionalField(file, section, key));

const zoneOf = (file: string, section: string, isMovable: boolean): Either<ParseError, Zone> =>
  map(
    ({
      free,
      inactive,
      active,
      ...rest
    }: Record<'free' | 'inactive' | 'active' | 'lowPages' | 'slabPages', number>) => ({
      roomPages: free + inactive + active,
      ...rest,
    }),
  )(
    allFields({
      free: isMovable ? NO_ROOM : requiredField(file, section, '  pages free '),
      inactive: isMovable ? NO_ROOM : optionalPages(file, section, '      nr_zone_inactive_file '),
      active: isMovable ? NO_ROOM : optionalPages(file, section, '      nr_zone_active_file '),
      lowPages: optionalPages(file, section, '        low '),
      slabPages: optionalPages(file, section, '      nr_slab_reclaimable '),
    }),
  );

/**
 * Of reclaimable slab (dentries, inodes) the kernel tells the sum of a node and not the zone. It is in the kernel zones in any
 * case: slab pages are never movable. But how much of it can be had nobody knows, as one object in use keeps its page; so
 * it is counted as MemAvailable counts it, less the low watermarks or a half of it, whichever is less
 * (si_mem_available in mm/show_mem.c), and where a kernel says no watermarks by the half.
 */
const reclaimablePages = (slabPages: number, lowPages: number): number =>
  slabPages - Math.min(slabPages / 2, lowPages === 0 ? Infinity : lowPages);

/** Bytes of room in all zones but Movable, summed over the NUMA nodes. */
export const parseKernelRoom = (file: string, text: string, pageBytes = PAGE_BYTES): Either<ParseError, number> => {
  let [roomPages, lowPages, slabPages] = [0, 0, 0];
  let at = text.indexOf(ZONE);
  if (at < 0) return left(missing(file, text, 'a line "Node 0, zone ..."'));
  while (at >= 0) {
    const next = text.indexOf(ZONE, at + ZONE.length);
    const section = text.slice(at + ZONE.length, next < 0 ? undefined : next);
    const name = zoneName(section);
    const zone = zoneOf(`${file} (zone ${name})`, section, name === MOVABLE);
    if (isLeft(zone)) return zone;
    roomPages += zone.right.roomPages;
    lowPages += zone.right.lowPages;
    slabPages += zone.right.slabPages;
    at = next;
  }
  return right(Math.floor((roomPages + reclaimablePages(slabPages, lowPages)) * pageBytes));
};
