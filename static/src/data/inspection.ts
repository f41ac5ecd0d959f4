/** What the studio found in a file, and how a person's corrections become requests. No page here. */

import type { Kind } from './gridModel';
import { joinValues, splitValues } from './gridModel';

export interface SeenColumn {
  name: string;
  original: string;
  kind: Kind;
  guessed: Kind;
  keep: boolean;
  missing: number;
  distinct: number;
  examples: string[];
  problem: string | null;
}

export interface Inspection {
  format: 'csv' | 'jsonl' | 'excel' | 'parquet';
  packing: '' | 'gzip' | 'zip';
  members: string[];
  sheets: string[];
  options: Record<string, unknown>;
  columns: SeenColumn[];
  preview: { rows: (string | null)[][] };
  rows_looked_at: number;
  whole: boolean;
  estimated_rows: number | null;
  notes: string[];
  problems: { code: string; message: string; severity: string }[];
}

export interface Upload {
  id: string;
  filename: string;
  size: number;
  received: number;
  status: 'receiving' | 'inspecting' | 'inspected' | 'refused' | 'importing' | 'imported';
  options: Record<string, unknown>;
  error: { code: string; message: string } | null;
  inspection: Inspection | null;
  importing: { name: string; number: number; status: string; progress: { done?: number; total?: number; message?: string } } | null;
}

export const FORMATS: Record<Inspection['format'], string> = {
  csv: 'Delimited text',
  jsonl: 'JSON Lines',
  excel: 'Excel workbook',
  parquet: 'Parquet',
};
export const OPTIONS = [
  'member', 'sheet', 'separator', 'quote', 'encoding', 'header', 'skip_rows', 'missing', 'decimal', 'thousands', 'day_first',
  'trim', 'bad_rows',
] as const;

export type OptionName = (typeof OPTIONS)[number];

/** The value of a form field as the API takes it; undefined where it is not complete yet. */
export function optionValue(name: OptionName, text: string, checked: boolean): unknown {
  switch (name) {
    case 'header':
    case 'trim':
      return checked;
    case 'skip_rows':
      return /^\d+$/.test(text) ? Number(text) : undefined;
    case 'missing':
      return splitValues(text);
    case 'day_first':
      return text === '' ? null : text === 'true';
    case 'separator':
      return text.length === 1 ? text : undefined;
    default:
      return text;
  }
}

/** The text of a form field for an option's value. */
export function optionText(name: OptionName, value: unknown): string {
  if (name === 'missing') return joinValues(Array.isArray(value) ? (value as string[]) : []);
  if (name === 'day_first') return value === null || value === undefined ? '' : String(value);
  return value === null || value === undefined ? '' : String(value);
}

/** Everything back to what is found out. */
export function nothingChosen(): Record<string, null> {
  return Object.fromEntries([...OPTIONS, 'kinds', 'keep'].map((name) => [name, null]));
}

/** The kinds that a person chose, after one more choice; what equals the guess is no choice. */
export function kindsAfter(chosen: unknown, column: SeenColumn, kind: string): Record<string, string> | null {
  const kinds: Record<string, string> = { ...((chosen as Record<string, string> | undefined) ?? {}) };
  if (kind === column.guessed) delete kinds[column.name];
  else kinds[column.name] = kind;
  return Object.keys(kinds).length ? kinds : null;
}

/** The columns that stay, after one was ticked or not; null where all do. */
export function keepAfter(columns: SeenColumn[], name: string, keep: boolean): string[] | null {
  const kept = columns.filter((column) => (column.name === name ? keep : column.keep)).map((column) => column.name);
  return kept.length === columns.length ? null : kept;
}

/** What the preview shows of how much: never more than it knows. */
export function previewTruth(found: Inspection): string {
  const shown = found.preview.rows.length;
  const columns = `${found.columns.length.toLocaleString('en-US')} column${found.columns.length === 1 ? '' : 's'}`;
  if (found.whole) return `First ${shown.toLocaleString('en-US')} of ${found.rows_looked_at.toLocaleString('en-US')} rows · ${columns}`;
  const exact = found.format === 'parquet';
  const all =
    found.estimated_rows === null ? 'more rows' : `${exact ? '' : 'about '}${rounded(found.estimated_rows, exact).toLocaleString('en-US')} rows`;
  return `First ${shown.toLocaleString('en-US')} of ${all} · ${columns} · kinds judged by the first ${found.rows_looked_at.toLocaleString('en-US')} rows`;
}

function rounded(count: number, exact: boolean): number {
  return exact ? count : Number(count.toPrecision(2));
}
