/** Where the panels of a wall stand: sections, rows, columns, in pixels. Pure, so that 5,000 panels are placed at once. */

import { type Span, type WallState } from './state';

export interface Section {
  id: string;
  title: string;
  panels: string[];
  closed: boolean;
}

export interface Placed {
  id: string;
  section: string;
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Layout {
  heads: { section: Section; top: number }[];
  panels: Placed[];
  height: number;
  columns: number;
}

export const GAP = 12;
export const HEAD = 40;
export const ROW = 260;
const WISHED_WIDTH = 340;

export function columnsFor(width: number, chosen: number): number {
  // A phone has one column whatever was chosen on a wide screen.
  const most = Math.max(1, Math.floor((width + GAP) / (220 + GAP)));
  return chosen ? Math.min(chosen, most) : Math.max(1, Math.min(6, Math.floor((width + GAP) / (WISHED_WIDTH + GAP))));
}

export function layOut(sections: readonly Section[], sizes: Record<string, Span>, width: number, chosen: number): Layout {
  const columns = columnsFor(width, chosen);
  const column = (width - GAP * (columns - 1)) / columns;
  const heads: Layout['heads'] = [];
  const panels: Placed[] = [];
  let top = 0;
  for (const section of sections) {
    heads.push({ section, top });
    top += HEAD;
    if (section.closed) continue;
    let at = 0;
    let rows = 1;
    for (const id of section.panels) {
      const span = sizes[id];
      const wide = Math.min(span?.columns ?? 1, columns);
      const high = span?.rows ?? 1;
      if (at + wide > columns) {
        top += rows * (ROW + GAP);
        at = 0;
        rows = 1;
      }
      panels.push({
        id,
        section: section.id,
        left: at * (column + GAP),
        top,
        width: wide * column + (wide - 1) * GAP,
        height: high * ROW + (high - 1) * GAP,
      });
      at += wide;
      rows = Math.max(rows, high);
    }
    if (section.panels.length) top += rows * (ROW + GAP);
  }
  return { heads, panels, height: top, columns };
}

/** Panels that lie between two heights. Placed panels go down the page, so that the first is found by halving. */
export function between(layout: Layout, top: number, bottom: number): Placed[] {
  let low = 0;
  let high = layout.panels.length;
  // The tallest panel may begin far above and still reach in.
  const above = top - 4 * (ROW + GAP);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (layout.panels[middle].top < above) low = middle + 1;
    else high = middle;
  }
  const found: Placed[] = [];
  for (let at = low; at < layout.panels.length && layout.panels[at].top <= bottom; at += 1) {
    if (layout.panels[at].top + layout.panels[at].height >= top) found.push(layout.panels[at]);
  }
  return found;
}

export const PINNED = 'pinned';
export const OWN = 'added';
export const PROPOSED = 'proposed';

/** The sections of a wall: proposals, pinned, added by hand, then the metrics by the part before their last slash. */
export function sectionsOf(keys: readonly string[], state: WallState, proposed: readonly string[], titleOf: (id: string) => string): Section[] {
  const known = new Set([...keys.map(metricPanel), ...proposed, ...state.added.map((added) => added.id)]);
  const words = state.search.toLowerCase().split(/\s+/).filter(Boolean);
  const hidden = new Set(state.hidden);
  const wanted = (id: string): boolean => {
    if (hidden.has(id)) return false;
    const title = words.length ? `${id} ${titleOf(id)}`.toLowerCase() : '';
    return words.every((word) => title.includes(word));
  };
  const pinned = state.pinned.filter((id) => known.has(id) && wanted(id));
  const taken = new Set(state.pinned);
  const rank = new Map(state.order.map((id, at) => [id, at]));
  const arranged = (ids: string[]): string[] =>
    ids.map((id, at) => ({ id, at, rank: rank.get(id) ?? Infinity })).sort((a, b) => a.rank - b.rank || a.at - b.at).map(({ id }) => id);

  const groups = new Map<string, string[]>();
  for (const key of keys) {
    const id = metricPanel(key);
    if (taken.has(id) || !wanted(id)) continue;
    const name = key.includes('/') ? key.slice(0, key.lastIndexOf('/')) : '';
    const group = groups.get(name);
    if (group) group.push(id);
    else groups.set(name, [id]);
  }
  const made = (id: string, title: string, panels: string[]): Section[] => (panels.length ? [{ id, title, panels, closed: state.closed.includes(id) }] : []);
  return [
    ...made(PINNED, 'Pinned', pinned),
    ...made(PROPOSED, 'Parameters and results', proposed.filter((id) => !taken.has(id) && wanted(id))),
    ...made(OWN, 'Added', arranged(state.added.map((added) => added.id).filter((id) => id.startsWith('added:') && !taken.has(id) && wanted(id)))),
    ...[...groups].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).flatMap(([name, panels]) => made(`group:${name}`, name || 'Metrics', arranged(panels))),
  ];
}

export function metricPanel(key: string): string {
  return `metric:${key}`;
}

/** The metric a panel was made for, null for other panels. */
export function keyOf(id: string): string | null {
  return id.startsWith('metric:') ? id.slice('metric:'.length) : null;
}
