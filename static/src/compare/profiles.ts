/** What differs between the columns of two tables, told from their profiles. Pure. */

import { number } from '../app/format';
import type { ColumnProfile, Profile } from '../data/profile';

export interface ColumnChange {
  column: string;
  what: string;
  left: string;
  right: string;
}

type Measure = [string, (column: ColumnProfile, rows: number) => unknown];

const MEASURES: Measure[] = [
  ['Kind', (column) => column.kind],
  ['Missing', (column, rows) => (rows ? column.missing / rows : 0)],
  ['Different values', (column) => column.distinct],
  ['Mean', (column) => column.mean],
  ['Deviation', (column) => column.std],
  ['Smallest', (column) => column.min],
  ['Median', (column) => column.quantiles?.['0.5'] ?? null],
  ['Largest', (column) => column.max],
  ['Most frequent', (column) => column.top?.[0]?.value ?? null],
];
/** Sums differ in their last digits. */
const CLOSE = 1e-9;

export function columnChanges(left: Profile, right: Profile): ColumnChange[] {
  const [one, two] = [left, right].map((profile) => new Map(profile.columns.map((column) => [column.name, column])));
  const names = [...new Set([...one.keys(), ...two.keys()])];
  return names.flatMap((name): ColumnChange[] => {
    const [a, b] = [one.get(name), two.get(name)];
    if (!a || !b) return [{ column: name, what: 'Column', left: a ? 'there' : 'not there', right: b ? 'there' : 'not there' }];
    return MEASURES.flatMap(([what, of]): ColumnChange[] => {
      const values = [of(a, left.rows), of(b, right.rows)];
      return alike(values[0], values[1]) ? [] : [{ column: name, what, left: text(what, values[0]), right: text(what, values[1]) }];
    });
  });
}

function alike(one: unknown, two: unknown): boolean {
  if (typeof one === 'number' && typeof two === 'number') return Math.abs(one - two) <= CLOSE * Math.max(1, Math.abs(one), Math.abs(two));
  return (one ?? null) === (two ?? null);
}

function text(what: string, value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (what === 'Missing') return `${number(Number((100 * Number(value)).toPrecision(3)))} %`;
  return typeof value === 'number' ? number(value) : String(value);
}
