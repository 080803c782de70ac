/** The fields of a line as people read them: sizes, amounts of memory and times with their units. */
import { Size } from '../../../machines/shared/events/size';
import { formatBytes, formatMs, formatSize } from '../../../machines/shared/format';
import { toJson } from './json-value';
import type { Redact } from './line';

/** By the unit that a field's name ends in. */
const numberText = (key: string, value: number): string => {
  if (key.endsWith('Bytes')) return formatBytes(value);
  return key.endsWith('Ms') ? formatMs(value) : String(value);
};

/** Null for what is not there. */
export const fieldText = (key: string, value: unknown, redact: Redact): string | null => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number') return numberText(key, value);
  if (Size.is(value)) return formatSize(value);
  if (Array.isArray(value)) return value.map((each) => fieldText(key, each, redact) ?? 'null').join(', ');
  return toJson(value, redact);
};
