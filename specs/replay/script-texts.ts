/** Events as words of a script: the type, and the main figures. */
import { isRight } from 'fp-ts/Either';
import * as t from 'io-ts';
import { formatBytes, formatMs, formatSize } from '../../machines/shared/format';
import { Size } from '../../machines/shared/events/size';
import { Readings } from '../../machines/monitor/events/readings';

type Fields = Readonly<Record<string, unknown>>;

/** Fields that say nothing to a reader: types stand before them, ids and names of connections differ from log to log. */
const SILENT = new Set([
  'type',
  'vm',
  'id',
  'conn',
  'peer',
  'parts',
  'readings',
  'memStepBytes',
  'content',
  'command',
  'unit',
]);

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const valueText = (name: string, value: unknown): string => {
  if (Size.is(value)) return formatSize(value);
  if (Array.isArray(value)) return String(value.length);
  if (isFields(value)) return `{ ${fieldsText(value)} }`;
  if (typeof value !== 'number') return String(value);
  if (name.endsWith('Bytes')) return formatBytes(value);
  return name.endsWith('Ms') ? formatMs(value) : String(value);
};

/** The size that an event is about, and texts, stand for themselves; of all else the name is said. */
const UNNAMED = new Set(['target', 'granted', 'desired', 'size']);

const fieldText = ([name, value]: [string, unknown]): string =>
  UNNAMED.has(name) || typeof value === 'string' ? valueText(name, value) : `${name} ${valueText(name, value)}`;

const fieldsText = (fields: Fields): string =>
  Object.entries(fields)
    .filter(([name, value]) => !SILENT.has(name) && value !== null)
    .map(fieldText)
    .join(', ');

const Frame = t.intersection([t.type({ type: t.string }), t.partial({ content: t.unknown })]);

const frameText = (text: string): string => {
  const frame: unknown = text === '' ? {} : JSON.parse(text);
  if (!Frame.is(frame)) return text;
  return [frame.type, fieldsText({ ...frame, ...(isFields(frame.content) ? frame.content : {}) })].join(' ').trimEnd();
};

const sampleText = (readings: unknown): string => {
  const decoded = Readings.decode(readings);
  const memory = isRight(decoded) ? decoded.right.memory : undefined;
  if (memory === undefined) return 'no memory';
  const { totalBytes, availableBytes } = memory;
  return `${formatBytes(totalBytes - availableBytes)} of ${formatBytes(totalBytes)} in use`;
};

const figures = (event: Fields): string => {
  switch (event['type']) {
    case 'sample.taken':
      return sampleText(event['readings']);
    case 'frame.received':
    case 'frame.sent':
      return frameText(String(event['text']));
    case 'command.issued': {
      const command = isFields(event['command']) ? event['command'] : {};
      return `${String(command['type'])} ${fieldsText(command)}`;
    }
    default:
      return fieldsText(event);
  }
};

/** What is sent or issued is known by its own name. */
const SELF_NAMED = new Set(['frame.sent', 'command.issued']);

/** `upscale.notified first: 4 vCPU, 4 GiB`. */
export const textOf = (event: { readonly type: string }): string => {
  const fields: Fields = { ...event };
  const vm = typeof fields['vm'] === 'string' ? `${fields['vm']}:` : '';
  const name = SELF_NAMED.has(event.type) ? '' : event.type;
  return [vm, name, figures(fields)]
    .filter((word) => word !== '')
    .join(' ')
    .trimEnd();
};
