/** The grid's arithmetic and words: no page, no network. */

export type Kind = 'integer' | 'number' | 'boolean' | 'date' | 'category' | 'text';
export type Cell = string | number | boolean | null;

export interface Column {
  name: string;
  kind: Kind;
}

export interface Filter {
  column: string;
  op: string;
  value?: Cell | Cell[];
}

/** What a person wants to see; a link with it shows the same. */
export interface Wish {
  sort: string;
  search: string;
  filters: Filter[];
}

export interface Page {
  columns: Column[];
  rows: Cell[][];
  offset: number;
  matched: number;
  total: number;
}

export const ROW_HEIGHT = 30;
export const BLOCK_ROWS = 100;
export const BLOCK_COLUMNS = 40;
// Browsers give up on taller elements; beyond it the scroll bar stands for places and not for pixels.
export const TALLEST = 12_000_000;

export const OPS: Record<string, string> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
  contains: 'contains',
  'not-contains': 'does not contain',
  starts: 'starts with',
  in: 'is one of',
  missing: 'is missing',
  present: 'is not missing',
};
const DATE_OPS: Record<string, string> = { '<': 'is before', '<=': 'is not after', '>': 'is after', '>=': 'is not before' };

export const KIND_ICONS: Record<Kind, string> = {
  integer: 'hash',
  number: 'decimal',
  boolean: 'toggle-left',
  date: 'calendar',
  category: 'tag',
  text: 'abc',
};

export function opsFor(kind: Kind): string[] {
  switch (kind) {
    case 'integer':
    case 'number':
      return ['=', '!=', '<', '<=', '>', '>=', 'in', 'missing', 'present'];
    case 'date':
      return ['=', '!=', '<', '<=', '>', '>=', 'missing', 'present'];
    case 'boolean':
      return ['=', '!=', 'missing', 'present'];
    default:
      return ['=', '!=', 'contains', 'not-contains', 'starts', 'in', 'missing', 'present'];
  }
}

export function opWords(op: string, kind?: Kind): string {
  return (kind === 'date' && DATE_OPS[op]) || OPS[op] || op;
}

export const needsValue = (op: string): boolean => op !== 'missing' && op !== 'present';

export function filterWords(filter: Filter, kind?: Kind): string {
  const words = `${filter.column} ${opWords(filter.op, kind)}`;
  if (!needsValue(filter.op)) return words;
  const value = Array.isArray(filter.value) ? filter.value.join(', ') : String(filter.value ?? '');
  return `${words} ${value}`;
}

/** "is one of" takes values separated by commas; a value with a comma stands in double quotes. */
export function splitValues(text: string): string[] {
  const values: string[] = [];
  for (const match of text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g)) {
    const value = match[1] !== undefined ? match[1].replaceAll('""', '"') : (match[2] ?? '').trim();
    if (value !== '') values.push(value);
  }
  return values;
}

export function joinValues(values: Cell[]): string {
  return values
    .map((value) => (/[",]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value)))
    .join(', ');
}

/** none → smallest first → largest first → none */
export function nextSort(sort: string, column: string): string {
  if (sort === column) return `-${column}`;
  return sort === `-${column}` ? '' : column;
}

export function sortOf(sort: string, column: string): 'ascending' | 'descending' | 'none' {
  if (sort === column) return 'ascending';
  return sort === `-${column}` ? 'descending' : 'none';
}

export function wishQuery(wish: Wish): URLSearchParams {
  const query = new URLSearchParams();
  if (wish.sort) query.set('sort', wish.sort);
  if (wish.search) query.set('search', wish.search);
  if (wish.filters.length) query.set('filter', JSON.stringify(wish.filters));
  return query;
}

export function wishFrom(query: URLSearchParams): Wish {
  let filters: Filter[] = [];
  try {
    const parsed: unknown = JSON.parse(query.get('filter') ?? '[]');
    if (Array.isArray(parsed)) {
      filters = parsed.filter((f): f is Filter => typeof f?.column === 'string' && typeof f?.op === 'string');
    }
  } catch {
    // A mangled link shows everything.
  }
  return { sort: query.get('sort') ?? '', search: query.get('search') ?? '', filters };
}

export function rowsAddress(base: string, wish: Wish, offset: number, limit: number, columns: string[] | null): string {
  const query = wishQuery(wish);
  query.set('offset', String(offset));
  query.set('limit', String(limit));
  if (columns) query.set('columns', JSON.stringify(columns));
  return `${base}${base.includes('?') ? '&' : '?'}${query}`;
}

/** "54,312 rows" or "1,000 of 54,312 rows": what is not shown is said. */
export function truth(matched: number, total: number, columns: number): string {
  const rows = matched === total ? counted(total, 'row') : `${grouped(matched)} of ${counted(total, 'row')}`;
  return `${rows} · ${counted(columns, 'column')}`;
}

export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** How a value reads in a cell; the exact one is behind Enter. */
export function cellText(value: Cell, kind: Kind): string {
  if (value === null) return '';
  if (typeof value === 'number' && kind === 'number' && !Number.isInteger(value)) {
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e12 || size < 1e-5)) return value.toExponential(4);
    return String(Number(value.toPrecision(8)));
  }
  return String(value).replace(/[\r\n\t]+/g, ' ');
}

export interface Span {
  first: number;
  last: number; // exclusive
}

/** Which rows to draw, and where the first of them stands. */
export function visibleRows(scroll: number, viewport: number, rows: number, spare = 6, each = ROW_HEIGHT): Span & { top: number } {
  const height = bodyHeight(rows, each);
  const fit = Math.ceil(viewport / each) + 1;
  if (rows * each <= TALLEST) {
    const first = clamp(Math.floor(scroll / each) - spare, 0, Math.max(0, rows - 1));
    const last = Math.min(rows, first + fit + 2 * spare);
    return { first, last, top: first * each };
  }
  const share = clamp(scroll / Math.max(1, height - viewport), 0, 1);
  const place = share * Math.max(0, rows - viewport / each);
  const at = Math.floor(place);
  const first = Math.max(0, at - spare);
  return { first, last: Math.min(rows, at + fit + spare), top: scroll - (place - first) * each };
}

export function bodyHeight(rows: number, each = ROW_HEIGHT): number {
  return Math.min(rows * each, TALLEST);
}

/** Where to scroll so that `row` is in view; null where it is already. */
export function scrollForRow(row: number, scroll: number, viewport: number, rows: number, each = ROW_HEIGHT): number | null {
  if (rows * each <= TALLEST) {
    const top = row * each;
    if (top < scroll) return top;
    return top + each > scroll + viewport ? top + each - viewport : null;
  }
  const shown = viewport / each;
  const span = Math.max(1, bodyHeight(rows, each) - viewport);
  const first = (clamp(scroll / span, 0, 1) * (rows - shown));
  if (row >= first && row + 1 <= first + shown) return null;
  const wanted = row < first ? row : row + 1 - shown;
  return (wanted / Math.max(1, rows - shown)) * span;
}

/** Left edges of the columns, and after the last its right edge. */
export function edges(widths: number[]): number[] {
  const places = [0];
  for (const width of widths) places.push((places.at(-1) ?? 0) + width);
  return places;
}

export function visibleColumns(places: number[], scroll: number, viewport: number, spare = 2): Span {
  const count = places.length - 1;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle + 1] ?? 0) <= scroll) low = middle + 1;
    else high = middle;
  }
  const first = Math.max(0, low - spare);
  let last = low;
  while (last < count && (places[last] ?? 0) < scroll + viewport) last += 1;
  return { first, last: Math.min(count, last + spare) };
}

export function columnWidth(column: Column, sample: Cell[]): number {
  const longest = Math.max(0, ...sample.map((value) => cellText(value, column.kind).length));
  const wanted = Math.max(longest * 7.6 + 24, column.name.length * 7.4 + 74);
  return Math.round(clamp(wanted, 136, 280));
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
