import type { Measure } from '../measure/measure.js';
import type { Compared } from './comparison.js';
import type { Spread } from './spread.js';

/** Formats the comparison as lines of text. */
export function table({ title, unit }: Measure, compared: readonly Compared[]): string {
  const rows = compared.map(({ label, figure, ratio, target, met }) => [
    label,
    text(figure, 1),
    text(ratio, 2),
    target === undefined ? '' : `≤ ${target} ${met ? '✔' : '✘'}`,
  ]);
  const baseline = compared[0]!.system.startsWith('raw') ? 'raw' : 'first';
  return lines([[title, unit, `× ${baseline}`, 'target'], ...rows]);
}

const text = ({ median, min, max }: Spread, digits: number) =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

function lines(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('   '))
    .join('\n');
}
