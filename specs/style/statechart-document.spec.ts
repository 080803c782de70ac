import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/repository-root';
import { statechartDocument } from '../support/statechart-document';

const DOCUMENT = join(ROOT, 'docs/statechart.md');

/** `UPDATE_DOCS=1 npx jest specs/style/statechart-document.spec.ts` writes it anew. */
const isUpdate = process.env['UPDATE_DOCS'] === '1';

it('docs/statechart.md shows the statecharts as they are', () => {
  if (isUpdate) writeFileSync(DOCUMENT, statechartDocument());
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(statechartDocument());
});

it('shows a region with its states, guards, actions and targets', () => {
  expect(statechartDocument()).toContain(
    [
      'cancel',
      '  observing (initial)',
      '      monitor.started [cancel.isAllowed] → ready',
      '  ready',
      '      always [cancel.isDue] → cancelling',
      '  cancelling',
      '      entry / issue(statement.cancel)',
      '      statement.cancelled → settling',
      '      statement.failed → settling',
      '  settling',
      '      entry / startTimer(cancel)',
      '      cancel.settled → ready',
    ].join('\n'),
  );
});
