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
  scrollToRow: (row: number) => void;
  stop: () => void;
}

export function grid(): Grid {
  const sized = h('div', { class: 'cmp-sized', role: 'presentation' });
  const element = h('div', { class: 'cmp-grid', tabindex: '0', role: 'table' }, sized);
  const head = h('div', { class: 'cmp-head', role: 'row', 'aria-rowindex': 1 });
  const drawn = new Map<number, HTMLElement>();
  let spec: GridSpec | null = null;
  let columns: Span = { from: 0, to: 0 };
  let frame = 0;

  const draw = (fresh: boolean): void => {
    if (!spec) return;
    const { rowHeight, headHeight, columnWidth, nameWidth, pinned } = spec;
    const aside = nameWidth + (pinned === 'column' ? columnWidth : 0);
    const above = headHeight + (pinned === 'row' ? rowHeight : 0);
    const seen = inSight(spec.columns, columnWidth, element.scrollLeft + aside - nameWidth, element.clientWidth - aside, 1);
    const rows = inSight(spec.rows, rowHeight, element.scrollTop + above - headHeight, element.clientHeight - above, 4);
    const moved = fresh || seen.from !== columns.from || seen.to !== columns.to;
    const focused = moved ? keyOfFocus(element) : '';
    if (moved) {
      columns = seen;
      for (const row of drawn.values()) row.remove();
      drawn.clear();
      head.replaceChildren(named('cmp-corner', 'columnheader', spec.corner()), ...cellsOf(spec, columns, (at) => spec!.head(at), 'columnheader'));
    }
    for (const [at, row] of drawn) {
      if ((at >= rows.from && at < rows.to) || (at === 0 && pinned === 'row')) continue;
      row.remove();
      drawn.delete(at);
    }
    const wanted = pinned === 'row' && spec.rows ? [0] : [];
    for (let at = rows.from; at < rows.to; at += 1) if (!wanted.includes(at)) wanted.push(at);
    for (const at of wanted) {
      if (drawn.has(at)) continue;
      const row = rowOf(spec, at, columns);
      drawn.set(at, row);
      sized.append(row);
    }
    if (focused) element.querySelector<HTMLElement>(`[data-keep="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  };

  const later = (): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => draw(false));
  };
  element.addEventListener('scroll', later, { passive: true });
  const resized = new ResizeObserver(later);
  resized.observe(element);

  return {
    element,
    show: (fresh) => {
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
      if (!head.isConnected) sized.append(head);
      draw(true);
    },
    scrollToRow: (row) => {
      if (spec) element.scrollTop = row * spec.rowHeight;
    },
    stop: () => {
      cancelAnimationFrame(frame);
      resized.disconnect();
    },
  };
}

function rowOf(spec: GridSpec, at: number, columns: Span): HTMLElement {
  const pinned = spec.pinned === 'row' && at === 0;
  const wide = spec.wide?.(at);
  const row = h(
    'div',
    { class: `cmp-row ${pinned ? 'is-pinned' : ''} ${wide ? 'is-wide' : ''}`, role: 'row', 'aria-rowindex': at + 2 },
    ...(wide ? [named('cmp-wide', 'rowheader', wide)] : [named('cmp-name', 'rowheader', spec.name(at)), ...cellsOf(spec, columns, (column) => spec.cell(at, column), 'cell')]),
  );
  if (!pinned) row.style.top = `${spec.headHeight + at * spec.rowHeight}px`;
  return row;
}

function cellsOf(spec: GridSpec, columns: Span, make: (column: number) => HTMLElement, role: string): HTMLElement[] {
  const first = spec.pinned === 'column' && spec.columns ? [0] : [];
  const wanted = [...first];
  for (let at = columns.from; at < columns.to; at += 1) if (!first.includes(at)) wanted.push(at);
  return wanted.map((at) => {
    const pinned = first.includes(at);
    const cell = named(`cmp-cell ${pinned ? 'is-pinned' : ''}`, role, make(at));
    cell.setAttribute('aria-colindex', String(at + 2));
    if (!pinned) cell.style.left = `${spec.nameWidth + at * spec.columnWidth}px`;
    return cell;
  });
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
