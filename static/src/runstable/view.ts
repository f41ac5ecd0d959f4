/** What a person sees of the runs: one plain object, which stands in the address and in saved views. */

import { canonical, fieldOf, nameOf } from './fields';

export type Lifecycle = 'active' | 'archived' | 'deleted' | 'all';
export type Pane = 'table' | 'both' | 'charts';

export interface SortKey {
  field: string;
  descending: boolean;
}

export interface View {
  experiments: string[]; // ids; none means all
  lifecycle: Lifecycle;
  roots: boolean; // leave out runs that are nested in others
  filter: string;
  order: SortKey[]; // none means newest first
  columns: string[] | null; // null: what the shown runs have
  widths: Record<string, number>;
  groups: string[];
  hidden: string[]; // run ids, not drawn in charts
  pinned: string[]; // run ids, on top
  colors: Record<string, string>; // where a person chose another
  pane: Pane;
  charts: Record<string, unknown>;
}

export const LIFECYCLES: Lifecycle[] = ['active', 'archived', 'deleted', 'all'];
export const PANES: Pane[] = ['table', 'both', 'charts'];
export const MOST_PINNED = 20;
const NARROWEST = 60;
const WIDEST = 1200;

export function freshView(): View {
  return {
    experiments: [], lifecycle: 'active', roots: false, filter: '', order: [], columns: null, widths: {}, groups: [],
    hidden: [], pinned: [], colors: {}, pane: 'table', charts: {},
  }; // prettier-ignore
}

/** Whatever came from an address or a record, made into a view: what makes no sense is left out. */
export function viewFrom(given: unknown): View {
  const view = freshView();
  if (!isObject(given)) return view;
  view.experiments = texts(given.experiments).filter((id) => /^\d{1,18}$/.test(id));
  if (LIFECYCLES.includes(given.lifecycle as Lifecycle)) view.lifecycle = given.lifecycle as Lifecycle;
  view.roots = given.roots === true;
  if (typeof given.filter === 'string') view.filter = given.filter;
  if (Array.isArray(given.order)) {
    view.order = given.order
      .filter((key): key is SortKey => isObject(key) && typeof key.field === 'string' && fieldOf(key.field) !== null)
      .map((key) => ({ field: canonical(key.field), descending: key.descending === true }));
  }
  if (Array.isArray(given.columns)) view.columns = fields(given.columns);
  if (isObject(given.widths)) {
    for (const [name, width] of Object.entries(given.widths)) if (typeof width === 'number') view.widths[name] = clampWidth(width);
  }
  view.groups = fields(given.groups);
  view.hidden = runIds(given.hidden);
  view.pinned = runIds(given.pinned).slice(0, MOST_PINNED);
  if (isObject(given.colors)) {
    for (const [run, color] of Object.entries(given.colors)) if (typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color)) view.colors[run] = color;
  }
  if (PANES.includes(given.pane as Pane)) view.pane = given.pane as Pane;
  if (isObject(given.charts)) view.charts = given.charts;
  return view;
}

export function sameView(one: View, other: View): boolean {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

/** Only what is not as in a fresh view: what has to be written down. */
export function differences(view: View): Partial<View> {
  const fresh = freshView();
  return Object.fromEntries(
    Object.entries(ordered(view)).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(fresh[name as keyof View])),
  ) as Partial<View>;
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
}

function ordered(view: View): View {
  const sorted = <T>(record: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...freshView(), ...view, widths: sorted(view.widths), colors: sorted(view.colors), charts: sorted(view.charts) };
}

function fields(given: unknown): string[] {
  return [...new Set(texts(given).flatMap((name) => fieldOf(name) ?? []).map(nameOf))];
}

function runIds(given: unknown): string[] {
  return [...new Set(texts(given).filter((id) => /^[\w-]{1,64}$/.test(id)))];
}

function texts(given: unknown): string[] {
  return Array.isArray(given) ? given.filter((value): value is string => typeof value === 'string') : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
