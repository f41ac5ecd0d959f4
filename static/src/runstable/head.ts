/** The header: names, sort marks, a menu per column; columns are dragged to another place and made wider or narrower. */

import { h, icon } from '../runs/dom';
import { NAME_COLUMN, sortOf } from './columns';
import { STAT_WORDS, fieldOf, fullTitleOf, isNumeric, titleOf } from './fields';
import type { Layout } from './painter';
import { type SortKey, clampWidth } from './view';

export interface HeadActions {
  sort(field: string, keep: boolean): void;
  move(field: string, target: string, after: boolean): void;
  /** While the handle moves `done` is false: drawn, not yet remembered. */
  resize(field: string, width: number, done: boolean): void;
  menu(field: string, anchor: HTMLElement): void;
  chooseAll(): void;
  layout(): Layout;
  scroller(): HTMLElement;
}

const STARTS_AFTER = 5; // pixels; a click trembles

export class Head {
  readonly element = h('div', { class: 'rt-head', role: 'row', 'aria-rowindex': 1 });
  private sign = '';
  private dropMark = h('div', { class: 'rt-drop', hidden: true });
  /** A drag ends with a click that is none. */
  private dragged = false;

  constructor(
    private readonly prefix: string,
    private readonly actions: HeadActions,
  ) {
    this.element.addEventListener('pointerdown', (event) => this.press(event));
    this.element.addEventListener('click', (event) => this.click(event), true);
  }

  paint(layout: Layout, order: readonly SortKey[], active: { row: number; column: number }, chosen: 'none' | 'some' | 'all', filtered: Set<string>): void {
    const sign = JSON.stringify([layout.columns.slice(layout.inSight.first, layout.inSight.last), layout.places.slice(layout.inSight.first, layout.inSight.last + 1), layout.inSight, layout.nameWidth, order, active.row === -1 ? active : null, chosen, [...filtered]]);
    if (sign === this.sign) return;
    this.sign = sign;
    const cells: HTMLElement[] = [this.nameCell(layout, order, active, chosen)];
    for (let at = layout.inSight.first; at < layout.inSight.last; at += 1) cells.push(this.cell(at, layout, order, active, filtered));
    this.element.style.width = `${layout.width}px`;
    this.element.replaceChildren(...cells, this.dropMark);
  }

  private nameCell(layout: Layout, order: readonly SortKey[], active: { row: number; column: number }, chosen: string): HTMLElement {
    const box = h('span', { class: 'rt-box', 'data-all': '', role: 'checkbox', 'aria-checked': chosen === 'some' ? 'mixed' : String(chosen === 'all'), 'aria-label': 'Choose all runs that match', title: 'Choose all runs that match' }, chosen === 'all' ? icon('check') : chosen === 'some' ? icon('minus') : null);
    const cell = h('div', { class: 'rt-lead rt-headcell', role: 'columnheader', 'aria-colindex': 1, id: `${this.prefix}--1-0`, 'aria-sort': ariaSort(order, NAME_COLUMN) }, box, h('span', { class: 'rt-title' }, 'Name'), ...marks(order, NAME_COLUMN), this.menuButton(NAME_COLUMN), this.handle(NAME_COLUMN));
    cell.dataset.field = NAME_COLUMN;
    cell.style.width = `${layout.nameWidth}px`;
    if (active.row === -1 && active.column === 0) cell.classList.add('is-active');
    return cell;
  }

  private cell(at: number, layout: Layout, order: readonly SortKey[], active: { row: number; column: number }, filtered: Set<string>): HTMLElement {
    const name = layout.columns[at] as string;
    const field = fieldOf(name);
    const stat = field?.kind === 'metric' ? h('span', { class: 'rt-stat' }, STAT_WORDS[field.stat]) : null;
    const cell = h(
      'div',
      { class: `rt-headcell rt-cell${isNumeric(name) ? ' is-number' : ''}`, role: 'columnheader', 'aria-colindex': at + 2, id: `${this.prefix}--1-${at + 1}`, 'aria-sort': ariaSort(order, name), title: `${fullTitleOf(name)}\nClick sorts, with Shift by several columns; drag moves the column.` },
      h('span', { class: 'rt-title' }, titleOf(name)), stat,
      filtered.has(name) ? icon('filter', 'rt-mark') : null,
      ...marks(order, name), this.menuButton(name), this.handle(name),
    );
    cell.dataset.field = name;
    const left = layout.places[at] as number;
    cell.style.left = `${left}px`;
    cell.style.width = `${(layout.places[at + 1] as number) - left}px`;
    if (active.row === -1 && active.column === at + 1) cell.classList.add('is-active');
    return cell;
  }

  private menuButton(name: string): HTMLElement {
    return h('button', { type: 'button', class: 'rt-headmenu', tabindex: -1, 'data-menu': '', 'aria-label': `Column ${fullTitleOf(name)}`, 'aria-haspopup': 'menu' }, icon('dots-vertical'));
  }

  private handle(name: string): HTMLElement {
    const handle = h('span', { class: 'rt-handle', 'data-handle': '', 'aria-hidden': 'true' });
    handle.dataset.of = name;
    return handle;
  }

  private click(event: MouseEvent): void {
    if (this.dragged) {
      this.dragged = false;
      event.stopPropagation();
      return;
    }
    const target = event.target as Element;
    const field = target.closest<HTMLElement>('[data-field]')?.dataset.field;
    if (!field || target.closest('[data-handle]')) return;
    const menu = target.closest<HTMLElement>('[data-menu]');
    if (menu) this.actions.menu(field, menu);
    else if (target.closest('[data-all]')) this.actions.chooseAll();
    else this.actions.sort(field, event.shiftKey);
  }

  private press(event: PointerEvent): void {
    const target = event.target as Element;
    this.dragged = false;
    if (event.button !== 0 || target.closest('[data-menu], [data-all]')) return;
    const handle = target.closest<HTMLElement>('[data-handle]');
    const cell = target.closest<HTMLElement>('[data-field]');
    const field = cell?.dataset.field;
    if (!cell || !field) return;
    if (handle) this.dragEdge(event, field, cell.offsetWidth);
    else if (field !== NAME_COLUMN) this.dragColumn(event, field);
  }

  private dragEdge(event: PointerEvent, field: string, before: number): void {
    const start = event.clientX;
    let width = before;
    event.preventDefault();
    this.dragged = true;
    follow(
      (move) => {
        width = clampWidth(before + move.clientX - start);
        this.actions.resize(field, width, false);
      },
      (dropped) => this.actions.resize(field, dropped ? width : before, true),
    );
  }

  private dragColumn(event: PointerEvent, field: string): void {
    const start = event.clientX;
    let goal: { target: string; after: boolean } | null = null;
    follow(
      (move) => {
        if (!this.dragged && Math.abs(move.clientX - start) < STARTS_AFTER) return;
        this.dragged = true;
        this.element.classList.add('is-dragging');
        goal = this.goalAt(move.clientX);
      },
      (dropped) => {
        this.element.classList.remove('is-dragging');
        this.dropMark.hidden = true;
        if (dropped && goal) this.actions.move(field, goal.target, goal.after);
      },
    );
  }

  /** Between which columns it would land; the table scrolls along at its edges. */
  private goalAt(x: number): { target: string; after: boolean } | null {
    const scroller = this.actions.scroller();
    const box = scroller.getBoundingClientRect();
    const layout = this.actions.layout();
    const edge = box.left + layout.nameWidth;
    if (x > box.right - 30) scroller.scrollLeft += 16;
    else if (x < edge + 20) scroller.scrollLeft -= 16;
    const place = Math.max(x, edge) - box.left + scroller.scrollLeft;
    let at = layout.places.findIndex((left, index) => place >= left && place < (layout.places[index + 1] ?? Infinity));
    at = Math.min(Math.max(0, at), layout.columns.length - 1);
    const left = layout.places[at] as number;
    const right = layout.places[at + 1] as number;
    const after = place > (left + right) / 2;
    this.dropMark.hidden = false;
    this.dropMark.style.left = `${after ? right : left}px`;
    const target = layout.columns[at];
    return target === undefined ? null : { target, after };
  }
}

/** Until the button is let go; Escape takes it back. */
function follow(moved: (event: PointerEvent) => void, ended: (dropped: boolean) => void): void {
  const stop = (dropped: boolean): void => {
    window.removeEventListener('pointermove', moved);
    window.removeEventListener('pointerup', up);
    window.removeEventListener('pointercancel', away);
    window.removeEventListener('keydown', key, true);
    ended(dropped);
  };
  const up = (): void => stop(true);
  const away = (): void => stop(false);
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    stop(false);
  };
  window.addEventListener('pointermove', moved);
  window.addEventListener('pointerup', up);
  window.addEventListener('pointercancel', away);
  window.addEventListener('keydown', key, true);
}

function marks(order: readonly SortKey[], name: string): (HTMLElement | null)[] {
  const sorted = sortOf(order, name);
  if (!sorted) return [];
  return [icon(sorted.descending ? 'arrow-down' : 'arrow-up', 'rt-mark'), order.length > 1 ? h('span', { class: 'rt-order' }, String(sorted.place)) : null];
}

function ariaSort(order: readonly SortKey[], name: string): string {
  const sorted = sortOf(order, name);
  return sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none';
}
