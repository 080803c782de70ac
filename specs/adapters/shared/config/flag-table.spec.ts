import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flagTable } from '../../../support/flag-table';

const DOCUMENT = join(__dirname, '../../../../docs/operating.md');
const SECTION = /(<!-- flags:begin -->\n\n)([\s\S]*?)(\n\n<!-- flags:end -->)/;

/** `UPDATE_DOCS=1 npx jest specs/adapters/shared/config/flag-table.spec.ts` writes the table anew. */
const isUpdate = process.env['UPDATE_DOCS'] === '1';

it('docs/operating.md holds the table of flags as it is', () => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const updated = text.replace(
    SECTION,
    (_, before: string, _old: string, after: string) => before + flagTable() + after,
  );
  if (isUpdate) writeFileSync(DOCUMENT, updated);
  expect(SECTION.exec(isUpdate ? updated : text)?.[2]).toBe(flagTable());
});

it('the table has a row for each flag with its default, and no stray column separators', () => {
  const rows = flagTable().split('\n');
  expect(rows.find((row) => row.includes('--event-log-max'))).toMatch(
    /^\| `--event-log-max BYTES` +\| 64MiB +\| .+ \| `VM_MONITOR_EVENT_LOG_MAX` +\|$/,
  );
  expect(rows.map((row) => row.split(/(?<!\\)\|/).length)).toEqual(rows.map(() => 6));
});
