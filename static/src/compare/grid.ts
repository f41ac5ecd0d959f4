/**
 * A table of any size, drawn only where it is looked at, in both directions; names on the left and heads on top stay, and so
 * does one column or one row beside them. What stands in it is the caller's: `show` gives the sizes and how each part is made.
 */

import { h } from '../runs/dom';
import { inSight, type Span } from './window';

export interface GridSpec {
  label: string;
  rows: number;
  columns: number;
  rowHeight: number;
  headHeight: number;
  columnWidth: number;
  nameWidth: number;
  /** The first column stays beside the names; the first row below the heads. */
  pinned: 'column' | 'row' | null;
  corner: () => HTMLElement;
  head: (column: number) => HTMLElement;
  name: (row: number) => HTMLElement;
  cell: (row: number, column: number) => HTMLElement;
  /** A row that is one thing from side to side, such as the title of a section. */
  wide?: (row: number) => HTMLElement | null;
}

export interface Grid {
  element: HTMLElement;
  show: (spec: GridSpec) => void;
  stop: () => void;
}

/** A drawn row, and its cells by column: scrolling sideways changes a few of them. */
interface Drawn {
  element: HTMLElement;
  cells: Map<number, HTMLElement>;
}

export function grid(): Grid {
  const sized = h('div', { class: 'cmp-sized', role: 'presentation' });
  const element = h('div', { class: 'cmp-grid', tabindex: '0', role: 'table' }, sized);
  const head: Drawn = { element: h('div', { class: 'cmp-head', role: 'row', 'aria-rowindex': 1 }), cells: new Map() };
  const rows = new Map<number, Drawn>();
  let spec: GridSpec | null = null;
  let frame = 0;

  const draw = (): void => {
    if (!spec) return;
    const { rowHeight, headHeight, columnWidth, nameWidth, pinned } = spec;
    const aside = nameWidth + (pinned === 'column' ? columnWidth : 0);
    const above = headHeight + (pinned === 'row' ? rowHeight : 0);
    const columns = inSight(spec.columns, columnWidth, element.scrollLeft + aside - nameWidth, element.clientWidth - aside, 1);
    const seen = inSight(spec.rows, rowHeight, element.scrollTop + above - headHeight, element.clientHeight - above, 4);
    fill(spec, head, columns, spec.head, 'columnheader');
    for (const [at, row] of rows) {
      if ((at >= seen.from && at < seen.to) || (at === 0 && pinned === 'row')) continue;
      row.element.remove();
      rows.delete(at);
    }
    for (const at of places(seen, pinned === 'row' && spec.rows > 0)) {
      let row = rows.get(at);
      if (!row) {
        row = rowOf(spec, at);
        rows.set(at, row);
        sized.append(row.element);
      }
      if (!row.element.classList.contains('is-wide')) fill(spec, row, columns, (column) => spec!.cell(at, column), 'cell');
    }
  };

  const later = (): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  };
  element.addEventListener('scroll', later, { passive: true });
  const resized = new ResizeObserver(later);
  resized.observe(element);

  return {
    element,
    show: (fresh) => {
      // Turned round, the place that was looked at is another.
      if (spec && spec.pinned !== fresh.pinned) element.scrollTo(0, 0);
      spec = fresh;
      sized.style.width = `${fresh.nameWidth + fresh.columns * fresh.columnWidth}px`;
      sized.style.height = `${fresh.headHeight + fresh.rows * fresh.rowHeight}px`;
      element.style.setProperty('--cmp-row', `${fresh.rowHeight}px`);
      element.style.setProperty('--cmp-head', `${fresh.headHeight}px`);
      element.style.setProperty('--cmp-column', `${fresh.columnWidth}px`);
      element.style.setProperty('--cmp-name', `${fresh.nameWidth}px`);
      element.setAttribute('aria-label', fresh.label);
      element.setAttribute('aria-rowcount', String(fresh.rows + 1));
      element.setAttribute('aria-colcount', String(fresh.columns + 1));
      const focused = keyOfFocus(element);
      for (const row of rows.values()) row.element.remove();
      rows.clear();
      head.cells.clear();
      head.element.replaceChildren(named('cmp-corner', 'columnheader', fresh.corner()));
      if (!head.element.isConnected) sized.append(head.element);
      draw();
      if (focused) element.querySelector<HTMLElement>(`[data-keep="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    },
    stop: () => {
      cancelAnimationFrame(frame);
      resized.disconnect();
    },
  };
}

function rowOf(spec: GridSpec, at: number): Drawn {
  const pinned = spec.pinned === 'row' && at === 0;
  const wide = spec.wide?.(at);
  const element = h(
    'div',
    { class: `cmp-row ${pinned ? 'is-pinned' : ''} ${wide ? 'is-wide' : ''}`, role: 'row', 'aria-rowindex': at + 2 },
    wide ? named('cmp-wide', 'rowheader', wide) : named('cmp-name', 'rowheader', spec.name(at)),
  );
  if (!pinned) element.style.top = `${spec.headHeight + at * spec.rowHeight}px`;
  return { element, cells: new Map() };
}

/** The cells that are in sight, and no others. */
function fill(spec: GridSpec, row: Drawn, columns: Span, make: (column: number) => HTMLElement, role: string): void {
  const first = spec.pinned === 'column' && spec.columns > 0;
  for (const [at, cell] of row.cells) {
    if ((at >= columns.from && at < columns.to) || (at === 0 && first)) continue;
    cell.remove();
    row.cells.delete(at);
  }
  for (const at of places(columns, first)) {
    if (row.cells.has(at)) continue;
    const pinned = at === 0 && first;
    const cell = named(`cmp-cell ${pinned ? 'is-pinned' : ''}`, role, make(at));
    cell.setAttribute('aria-colindex', String(at + 2));
    if (!pinned) cell.style.left = `${spec.nameWidth + at * spec.columnWidth}px`;
    row.cells.set(at, cell);
    // What sticks stands right after the name, in the flow.
    if (pinned) row.element.children[0].after(cell);
    else row.element.append(cell);
  }
}

function places(span: Span, first: boolean): number[] {
  const found = first ? [0] : [];
  for (let at = span.from; at < span.to; at += 1) if (!first || at > 0) found.push(at);
  return found;
}

function named(classes: string, role: string, content: HTMLElement): HTMLElement {
  content.className = `${classes} ${content.className}`.trim();
  content.setAttribute('role', role);
  return content;
}

/** What is drawn anew must not lose the keyboard. */
function keyOfFocus(element: HTMLElement): string {
  const active = document.activeElement as HTMLElement | null;
  return active && element.contains(active) ? (active.dataset.keep ?? '') : '';
}
