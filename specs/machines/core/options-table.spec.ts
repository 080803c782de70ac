import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MONITOR_CORE_FLAGS } from '../../../machines/core/monitor';
import { keysOf } from '../../../machines/shared/config/flag';

const DOCUMENT = join(__dirname, '../../../docs/core.md');
const SECTION = /(<!-- options:begin -->\n\n)([\s\S]*?)(<!-- options:end -->)/;

/** `UPDATE_DOCS=1 npx jest specs/machines/core/options-table.spec.ts` writes the list anew. */
const isUpdate = process.env['UPDATE_DOCS'] === '1';

const optionList = (): string => {
  const lines = keysOf(MONITOR_CORE_FLAGS).map((key) => {
    const { value, default: otherwise, help } = MONITOR_CORE_FLAGS[key];
    return `- \`${key}\`${value === '' ? '' : ` \`${value}\``} (${otherwise}): ${help}`;
  });
  return `${lines.join('\n')}\n\n`;
};

it('docs/core.md holds the options as they are', () => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const updated = text.replace(
    SECTION,
    (_, before: string, _old: string, after: string) => before + optionList() + after,
  );
  if (isUpdate) writeFileSync(DOCUMENT, updated);
  expect(SECTION.exec(isUpdate ? updated : text)?.[2]).toBe(optionList());
});
