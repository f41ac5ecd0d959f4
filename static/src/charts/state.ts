/** What a person sees of a wall of charts: one plain object, which stands in the address and in saved views. Pure. */

import type { Band } from './grouping';
import type { Smoother } from './smooth';

export type PanelKind = 'line' | 'bars' | 'scatter' | 'parallel' | 'boxes' | 'importance';

/** How lines are drawn. A panel may have settings of its own; what it leaves open is as on the wall. */
export interface Look {
  /** "step", "time", "relative" or "metric:<key>" */
  x: string;
  smoothing: number;
  smoother: Smoother;
  original: boolean;
  logX: boolean;
  logY: boolean;
}

export interface Own extends Partial<Look> {
  /** What is zoomed to, in units of x and y. */
  zoom?: { x: [number, number] | null; y: [number, number] | null };
  title?: string;
}

/** An axis of a field. Without `log` the values say whether it is one. `range` is what is brushed, in places of the axis. */
export interface ParallelAxis {
  log?: boolean;
  flip?: boolean;
  range?: [number, number];
}

/** A panel that somebody added. Fields are those of the runs table: `metrics.auc:max`, `params.depth`. */
export interface Added {
  id: string;
  kind: PanelKind;
  title: string;
  /** Lines: metric keys. Parallel coordinates: fields in order. */
  list: string[];
  /** Of bars, box plots and importance: the metric; of a scatter plot x, y, color, size. */
  fields: Record<string, string>;
  axes: Record<string, ParallelAxis>;
}

export interface Span {
  columns: number;
  rows: number;
}

export interface WallState extends Look {
  search: string;
  /** Columns of panels; 0 fits them to the width. */
  columns: number;
  /** How many runs are drawn. */
  most: number;
  /** A field whose runs with one value are drawn as one line; "" for none. */
  group: string;
  band: Band;
  /** A zoom in x holds for all panels with that x. */
  together: boolean;
  pinned: string[];
  /** Panels somebody moved, in order; the others follow by name. */
  order: string[];
  closed: string[];
  hidden: string[];
  sizes: Record<string, Span>;
  added: Added[];
  own: Record<string, Own>;
  /** The panels the studio proposes for runs with varying parameters. */
  proposals: boolean;
}

export const MOST_RUNS = [20, 100, 500, 1000];
export const COLUMNS = [0, 1, 2, 3, 4, 5, 6];
const KINDS: PanelKind[] = ['line', 'bars', 'scatter', 'parallel', 'boxes', 'importance'];
const MOST_LISTED = 2000;
export const MOST_COLUMNS = 6;
export const MOST_ROWS = 4;

export function freshState(): WallState {
  return {
    x: 'step', smoothing: 0, smoother: 'points', original: true, logX: false, logY: false,
    search: '', columns: 0, most: 100, group: '', band: 'range', together: false,
    pinned: [], order: [], closed: [], hidden: [], sizes: {}, added: [], own: {}, proposals: true,
  }; // prettier-ignore
}

/** Whatever came from an address or a record, made into a state: what makes no sense is left out. */
export function stateFrom(given: unknown): WallState {
  const state = freshState();
  if (!isObject(given)) return state;
  Object.assign(state, lookFrom(given));
  if (typeof given.search === 'string') state.search = given.search.slice(0, 250);
  if (COLUMNS.includes(given.columns as number)) state.columns = given.columns as number;
  if (MOST_RUNS.includes(given.most as number)) state.most = given.most as number;
  if (typeof given.group === 'string') state.group = given.group;
  if (given.band === 'deviation') state.band = 'deviation';
  state.together = given.together === true;
  for (const name of ['pinned', 'order', 'closed', 'hidden'] as const) state[name] = texts(given[name]);
  for (const [id, span] of entries(given.sizes)) {
    if (isObject(span)) state.sizes[id] = spanFrom(span.columns, span.rows);
  }
  if (Array.isArray(given.added)) state.added = given.added.flatMap(addedFrom);
  for (const [id, own] of entries(given.own)) {
    if (isObject(own)) state.own[id] = ownFrom(own);
  }
  if (given.proposals === false) state.proposals = false;
  return state;
}

/** Only what is not as in a fresh state: what has to be written down. */
export function differences(state: WallState): Partial<WallState> {
  const fresh = freshState();
  return Object.fromEntries(
    Object.entries(state).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(fresh[name as keyof WallState])),
  ) as Partial<WallState>;
}

export function lookOf(state: WallState, id: string): Look {
  const { x, smoothing, smoother, original, logX, logY } = state;
  const own = state.own[id];
  return { x, smoothing, smoother, original, logX, logY, ...(own && lookFrom(own as Record<string, unknown>)) };
}

/** The state with settings of one panel; undefined gives a setting back to the wall. */
export function withOwn(state: WallState, id: string, change: Own): WallState {
  const own = Object.fromEntries(Object.entries({ ...state.own[id], ...change }).filter(([, value]) => value !== undefined)) as Own;
  const all = { ...state.own, [id]: own };
  if (!Object.keys(own).length) delete all[id];
  return { ...state, own: all };
}

export function withSize(state: WallState, id: string, span: Span): WallState {
  const sizes = { ...state.sizes, [id]: spanFrom(span.columns, span.rows) };
  // Others than a metric's lines may be wider when nobody has said anything.
  if (id.startsWith('metric:') && sizes[id].columns === 1 && sizes[id].rows === 1) delete sizes[id];
  return { ...state, sizes };
}

/** `moved` stands where `target` is, in a list that names every panel of the section in its present order. */
export function withOrder(state: WallState, section: readonly string[], moved: string, target: string): WallState {
  if (moved === target) return state;
  const from = section.indexOf(moved);
  const to = section.indexOf(target);
  const rest = section.filter((id) => id !== moved);
  const place = rest.indexOf(target) + (from >= 0 && from < to ? 1 : 0);
  const arranged = [...rest.slice(0, place), moved, ...rest.slice(place)];
  if (state.pinned.includes(target)) return { ...state, pinned: arranged.filter((id) => id === moved || state.pinned.includes(id)) };
  // Only as much of the order is written down as it takes to tell: what follows the last moved panel is by name.
  const last = Math.max(...arranged.map((id, at) => (id === moved || id === target || state.order.includes(id) ? at : -1)));
  const named = arranged.slice(0, last + 1);
  return { ...state, order: [...state.order.filter((id) => !named.includes(id)), ...named] };
}

function lookFrom(given: Record<string, unknown>): Partial<Look> {
  const look: Partial<Look> = {};
  if (typeof given.x === 'string' && /^(step|time|relative|metric:.+)$/s.test(given.x)) look.x = given.x;
  if (typeof given.smoothing === 'number' && given.smoothing >= 0) look.smoothing = Math.min(given.smoothing, 0.999);
  if (given.smoother === 'points' || given.smoother === 'distance') look.smoother = given.smoother;
  for (const name of ['original', 'logX', 'logY'] as const) {
    if (typeof given[name] === 'boolean') look[name] = given[name];
  }
  return look;
}

function ownFrom(given: Record<string, unknown>): Own {
  const own: Own = lookFrom(given);
  if (isObject(given.zoom)) own.zoom = { x: rangeFrom(given.zoom.x), y: rangeFrom(given.zoom.y) };
  if (typeof given.title === 'string') own.title = given.title.slice(0, 200);
  return own;
}

function addedFrom(given: unknown): Added[] {
  if (!isObject(given) || typeof given.id !== 'string' || !KINDS.includes(given.kind as PanelKind)) return [];
  const axes: Record<string, ParallelAxis> = {};
  for (const [field, axis] of entries(given.axes)) {
    if (!isObject(axis)) continue;
    const range = rangeFrom(axis.range);
    axes[field] = { ...(typeof axis.log === 'boolean' && { log: axis.log }), ...(axis.flip === true && { flip: true }), ...(range && { range }) };
  }
  const fields = Object.fromEntries(entries(given.fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  const title = typeof given.title === 'string' ? given.title.slice(0, 200) : '';
  return [{ id: given.id, kind: given.kind as PanelKind, title, list: texts(given.list), fields, axes }];
}

function spanFrom(columns: unknown, rows: unknown): Span {
  const whole = (value: unknown, most: number): number => (typeof value === 'number' && value >= 1 ? Math.min(most, Math.round(value)) : 1);
  return { columns: whole(columns, MOST_COLUMNS), rows: whole(rows, MOST_ROWS) };
}

function rangeFrom(given: unknown): [number, number] | null {
  if (!Array.isArray(given) || given.length !== 2) return null;
  const [low, high] = given as unknown[];
  return Number.isFinite(low) && Number.isFinite(high) && (low as number) < (high as number) ? [low as number, high as number] : null;
}

function texts(given: unknown): string[] {
  return Array.isArray(given) ? [...new Set(given.filter((value): value is string => typeof value === 'string'))].slice(0, MOST_LISTED) : [];
}

function entries(given: unknown): [string, unknown][] {
  return isObject(given) ? Object.entries(given).slice(0, MOST_LISTED) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
