/** The rows of the table: what stands in them, where they differ, which values are the extremes. Pure: no DOM, no network. */

import { bytes, duration, number } from '../app/format';
import { lookOf } from '../runs/states';
import type { Compared, Long, MetricRow, RunHead, TextRow, Wired } from './wire';
import { TEXTS } from './wire';

export const SECTIONS = [
  { id: 'overview', title: 'Overview' },
  { id: 'metrics', title: 'Metrics' },
  { id: 'params', title: 'Parameters' },
  { id: 'tags', title: 'Tags' },
  { id: 'data', title: 'Data' },
  { id: 'code', title: 'Code' },
  { id: 'outputs', title: 'Outputs' },
  { id: 'environment', title: 'Environment' },
] as const;
export type SectionId = (typeof SECTIONS)[number]['id'];

export const STATISTICS = ['last', 'min', 'max', 'best'] as const;
export type Statistic = (typeof STATISTICS)[number];

interface Named {
  /** "metrics/auc" */
  id: string;
  section: SectionId;
  key: string;
}
/** `values[run]` is null where the run has none; NaN is a value. */
export interface NumberRow extends Named {
  kind: 'number';
  values: (number | null)[];
  better: 'min' | 'max' | null;
  text: (value: number) => string;
}
/** `ids[run]` says which of the texts it is: equal numbers are equal texts, however long; -1 is none. */
export interface WordRow extends Named {
  kind: 'text';
  ids: number[];
  values: (string | Long)[];
}
export type Row = NumberRow | WordRow;

export type Extreme = { low: number; high: number } | null;

/** All rows, in the order of the sections. Arrays are as long as there are runs. */
export function rowsOf(compared: Compared, statistic: Statistic): Row[] {
  const count = compared.runs.length;
  const texts = Object.fromEntries(TEXTS.map((section) => [section, compared[section].map((row) => wordRow(section, row, count))]));
  const bySection: Record<string, Row[]> = {
    ...texts,
    overview: overview(compared.runs),
    metrics: compared.metrics.map((row) => metricRow(row, statistic, count)),
  };
  return SECTIONS.flatMap(({ id }) => bySection[id]);
}

function wordRow(section: SectionId, row: TextRow, count: number): WordRow {
  let ids: number[];
  if (!row.of) ids = new Array<number>(count).fill(0);
  else if (row.runs) {
    ids = new Array<number>(count).fill(-1);
    row.runs.forEach((run, at) => (ids[run] = row.of![at]));
  } else ids = row.of;
  return { kind: 'text', id: `${section}/${row.key}`, section, key: row.key, ids, values: row.values };
}

function metricRow(row: MetricRow, statistic: Statistic, count: number): NumberRow {
  const told = row[statistic === 'best' ? row.better : statistic];
  let values: (number | null)[];
  if (row.runs) {
    values = new Array<number | null>(count).fill(null);
    row.runs.forEach((run, at) => (values[run] = unwired(told[at])));
  } else values = told.map(unwired);
  return { kind: 'number', id: `metrics/${row.key}`, section: 'metrics', key: row.key, values, better: row.better, text: measured };
}

/** Whole numbers are written in full, but not three hundred digits of them. */
function measured(value: number): string {
  return Number.isFinite(value) && Math.abs(value) >= 1e15 ? value.toExponential(3).replace('e+', 'e') : number(value);
}

export function unwired(value: Wired): number | null {
  return value === null || typeof value === 'number' ? value : Number(value);
}

function overview(runs: RunHead[]): Row[] {
  const words = (key: string, of: (run: RunHead) => string | null): WordRow => {
    const known = new Map<string, number>();
    const ids = runs.map((run) => {
      const text = of(run);
      if (!text) return -1;
      if (!known.has(text)) known.set(text, known.size);
      return known.get(text)!;
    });
    return { kind: 'text', id: `overview/${key}`, section: 'overview', key, ids, values: [...known.keys()] };
  };
  const numbers = (key: string, of: (run: RunHead) => number | null, text: (value: number) => string): NumberRow => ({
    kind: 'number', id: `overview/${key}`, section: 'overview', key, values: runs.map(of), better: null, text,
  }); // prettier-ignore
  const all: Row[] = [
    words('State', (run) => lookOf(run.status).word),
    words('Experiment', (run) => run.experiment),
    words('Source', (run) => run.source),
    words('Person', (run) => run.person),
    numbers('Started', (run) => moment(run.started_at), when),
    numbers('Ended', (run) => moment(run.ended_at), when),
    numbers('Duration', (run) => run.seconds ?? lasted(run), duration),
    numbers('Peak memory', (run) => run.peak_memory, bytes),
    words('Compute', (run) => (run.kind === 'tracked' ? null : run.compute)),
  ];
  return all.filter(hasAny);
}

function moment(iso: string | null): number | null {
  return iso ? Date.parse(iso) : null;
}

/** To the second: of runs that are compared one asks which came first. */
function when(value: number): string {
  return new Date(value).toLocaleString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** Runs that clients log are not timed by us: their own clock says how long they took. */
function lasted(run: RunHead): number | null {
  return run.started_at && run.ended_at ? Math.max(0, (Date.parse(run.ended_at) - Date.parse(run.started_at)) / 1000) : null;
}

function hasAny(row: Row): boolean {
  return row.kind === 'text' ? row.ids.some((id) => id >= 0) : row.values.some((value) => value !== null);
}

/** Whether the runs at these places are not all alike; one that lacks the value is unlike those that have it. */
export function differs(row: Row, places: readonly number[]): boolean {
  if (places.length < 2) return false;
  const [first, ...rest] = places;
  if (row.kind === 'text') return rest.some((at) => row.ids[at] !== row.ids[first]);
  return rest.some((at) => !Object.is(row.values[at], row.values[first]));
}

export function has(row: Row, places: readonly number[]): boolean {
  return places.some((at) => (row.kind === 'text' ? row.ids[at] >= 0 : row.values[at] !== null));
}

/** The smallest and the largest number among these places; null where there are not two different ones. */
export function extremes(row: Row, places: readonly number[]): Extreme {
  if (row.kind !== 'number' || row.section === 'overview') return null;
  let low = Infinity;
  let high = -Infinity;
  let seen = 0;
  for (const at of places) {
    const value = row.values[at];
    if (value === null || Number.isNaN(value)) continue;
    seen += 1;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return seen > 1 && low !== high ? { low, high } : null;
}

export function sameAsBase(row: Row, at: number, base: number): boolean {
  return row.kind === 'text' ? row.ids[at] === row.ids[base] : Object.is(row.values[at], row.values[base]);
}

/** How far a number lies from the base's: "+0.012 (+1.4 %)". Empty where that says nothing. */
export function delta(row: Row, at: number, base: number): string {
  const [value, from] = [numberAt(row, at), numberAt(row, base)];
  if (value === null || from === null || !Number.isFinite(value) || !Number.isFinite(from) || value === from) return '';
  if (row.section === 'overview' && row.kind === 'number' && (row.key === 'Started' || row.key === 'Ended')) return '';
  const difference = value - from;
  const size = Math.abs(difference);
  // Three digits: the value itself stands beside it.
  const said = row.kind === 'number' && row.section === 'overview' ? row.text(size) : measured(Number.isInteger(size) && size < 1e15 ? size : Number(size.toPrecision(3)));
  const sign = difference > 0 ? '+' : '−';
  const share = from === 0 ? null : (100 * Math.abs(difference)) / Math.abs(from);
  return `${sign}${said}${share === null ? '' : ` (${sign}${percent(share)})`}`;
}

function percent(share: number): string {
  if (share >= 1000) return `${(share / 100 + 1).toPrecision(2)}×`.replace(/e\+?/, 'e');
  return `${share >= 100 ? Math.round(share) : Number(share.toPrecision(2))} %`;
}

/** The number that stands there; parameters are texts, and most of them numbers. */
export function numberAt(row: Row, at: number): number | null {
  if (row.kind === 'number') return row.values[at];
  if (row.section !== 'params' && row.section !== 'tags') return null;
  const text = row.ids[at] < 0 ? '' : row.values[row.ids[at]];
  return typeof text === 'string' && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : null;
}

/** As it is written in the table; null where there is nothing. */
export function textAt(row: Row, at: number): string | null {
  if (row.kind === 'number') {
    const value = row.values[at];
    return value === null ? null : row.text(value);
  }
  if (row.ids[at] < 0) return null;
  const value = row.values[row.ids[at]];
  return typeof value === 'string' ? value : value.start;
}

export function longAt(row: Row, at: number): Long | null {
  const value = row.kind === 'text' && row.ids[at] >= 0 ? row.values[row.ids[at]] : null;
  return value !== null && typeof value === 'object' ? value : null;
}

export interface Wish {
  onlyDifferences: boolean;
  search: string;
}

/** The rows that are wanted: of those the runs have at all, the ones that differ, the ones whose name fits. */
export function wanted(rows: readonly Row[], places: readonly number[], wish: Wish): Row[] {
  const words = wish.search.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const name = `${row.section} ${row.key}`.toLowerCase();
    return words.every((word) => name.includes(word)) && has(row, places) && (!wish.onlyDifferences || differs(row, places));
  });
}
