/** The picture of `make demo`; the demo itself needs a virtual machine. */
import { MIB, SECOND_MS } from '../../machines/shared/units';
import { drawChart, type Frame } from '../vm/demo/chart';
import type { Sample } from '../vm/demo/sample';

/** Four rows of 256 MiB, ten columns of a second. */
const FRAME: Frame = { columns: 17, rows: 4, topBytes: 1024 * MIB, spanMs: 10 * SECOND_MS };

const sample = (atS: number, sizeMib: number, useMib: number): Sample => ({
  atMs: atS * SECOND_MS,
  sizeBytes: sizeMib * MIB,
  useBytes: useMib * MIB,
  cpus: 1,
  wishBytes: sizeMib * MIB,
});

it('fills what is in use, and draws the size as a line above it', () => {
  const samples = [
    ...[sample(0, 512, 128), sample(1, 512, 128), sample(2, 512, 192), sample(3, 1024, 320)],
    ...[sample(4, 1024, 512), sample(5, 1024, 512), sample(6, 768, 128), sample(7, 768, 128)],
  ];
  expect(drawChart(samples, FRAME)).toEqual([
    '1 GiB │   ───',
    '      │      ──',
    '      │───▂██',
    '      │▄▄▆███▄▄',
    '    0 └──────────',
    '       0     10 s',
  ]);
});

it('goes on with what was last known where looks were late', () => {
  expect(drawChart([sample(1, 256, 0), sample(4, 512, 256)], FRAME)).toEqual([
    '1 GiB │',
    '      │',
    '      │    ─',
    '      │ ───█',
    '    0 └──────────',
    '       0     10 s',
  ]);
});

it('shows a VM that is full as a line, and never leaves the frame', () => {
  const [top] = drawChart([sample(0, 1024, 2048)], FRAME);
  expect(top).toBe('1 GiB │─');
});

it('narrows the columns when it takes longer than was thought', () => {
  const lines = drawChart([sample(0, 256, 0), sample(20, 512, 0)], FRAME);
  expect(lines.at(-1)).toBe('       0     20 s');
  expect(lines.slice(2, 4)).toEqual(['      │         ─', '      │─────────']);
});

it('is empty before anything was seen', () => {
  expect(drawChart([], FRAME).slice(0, 4)).toEqual(['1 GiB │', '      │', '      │', '      │']);
});
