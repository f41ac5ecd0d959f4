/** Which columns stand where, and by what the rows are sorted: changes of lists, without a page. */

import { nameOf, fieldOf, titleOf, valuesOf } from './fields';
import type { SortKey } from './view';

export const NAME_WIDTH = 300;
export const NAME_COLUMN = 'attributes.name';

/** The column taken out and put before (or after) another; unknown places change nothing. */
export function moved(columns: readonly string[], name: string, target: string, after: boolean): string[] {
  if (name === target || !columns.includes(name) || !columns.includes(target)) return [...columns];
  const rest = columns.filter((column) => column !== name);
  rest.splice(rest.indexOf(target) + (after ? 1 : 0), 0, name);
  return rest;
}

/** One place to the left (-1) or right (1). */
export function shifted(columns: readonly string[], name: string, by: -1 | 1): string[] {
  const target = columns[columns.indexOf(name) + by];
  return target === undefined || !columns.includes(name) ? [...columns] : moved(columns, name, target, by > 0);
}

export function replaced(columns: readonly string[], name: string, other: string): string[] {
  // The other may stand there already.
  return columns.filter((column) => column !== other || column === name).map((column) => (column === name ? other : column));
}

export function added(columns: readonly string[], names: readonly string[]): string[] {
  return [...new Set([...columns, ...names])];
}

export function widthOf(name: string, chosen: Record<string, number>): number {
  if (chosen[name] !== undefined) return chosen[name];
  if (name === NAME_COLUMN) return NAME_WIDTH;
  const title = titleOf(name).length * 7.6 + (fieldOf(name)?.kind === 'metric' ? 78 : 50);
  const least = { number: 116, seconds: 110, moment: 124, truth: 92, choice: 124, text: 136 }[valuesOf(name)];
  return Math.round(Math.min(240, Math.max(least, title)));
}

/** Click: this key alone, then the other way, then none. With Shift the other keys stay. Numbers begin with the largest. */
export function nextOrder(order: readonly SortKey[], field: string, keep: boolean): SortKey[] {
  const first = startsDescending(field);
  const found = order.find((key) => key.field === field);
  const rest = keep ? order.filter((key) => key.field !== field) : [];
  if (!found) return [...rest, { field, descending: first }];
  if (found.descending !== first) return rest;
  const turned = { field, descending: !first };
  return keep ? order.map((key) => (key.field === field ? turned : key)) : [turned];
}

/** Which metric names are better when small: as the server's `goals`. */
const SMALLER = /(^|[^a-z])(loss|error|err|rmse|mae|mse|mape|logloss|perplexity|latency|seconds|time|duration|wer|cer)($|[^a-z])/;

export function startsDescending(field: string): boolean {
  const read = fieldOf(field);
  if (read?.kind === 'metric') return !SMALLER.test(read.key.toLowerCase());
  return read?.kind === 'attribute' && ['moment', 'truth', 'seconds'].includes(valuesOf(nameOf(read)));
}

export function sortOf(order: readonly SortKey[], field: string): { place: number; descending: boolean } | null {
  const place = order.findIndex((key) => key.field === field);
  const key = order[place];
  return key ? { place: place + 1, descending: key.descending } : null;
}
