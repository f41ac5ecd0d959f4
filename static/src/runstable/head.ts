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

interface Active {
  row: number;
  column: number;
}

const STARTS_AFTER = 5; // pixels; a click trembles

export class Head {
  readonly element = h('div', { class: 'rt-head', role: 'row', 'aria-rowindex': 1 });
  private readonly cells = new Map<string, { element: HTMLElement; sign: string }>();
  private width = -1;
  private readonly dropMark = h('div', { class: 'rt-drop', hidden: true });
  /** A drag ends with a click that is none. */
  private dragged = false;

  constructor(
    private readonly prefix: string,
    private readonly actions: HeadActions,
  ) {
    this.element.append(this.dropMark);
    this.element.addEventListener('pointerdown', (event) => this.press(event));
    this.element.addEventListener('click', (event) => this.click(event), true);
  }

  paint(layout: Layout, order: readonly SortKey[], active: Active, chosen: 'none' | 'some' | 'all', filtered: Set<string>): void {
    if (this.width !== layout.width) this.element.style.width = `${layout.width}px`;
    this.width = layout.width;
    const wanted: HTMLElement[] = [this.nameCell(layout, order, active, chosen)];
    for (let at = layout.inSight.first; at < layout.inSight.last; at += 1) wanted.push(this.cell(at, layout, order, active, filtered));
    for (const [field, { element }] of this.cells) {
      if (wanted.includes(element)) continue;
      element.remove();
      this.cells.delete(field);
    }
    for (const [at, element] of wanted.entries()) if (this.element.children[at] !== element) this.element.insertBefore(element, this.element.children[at] ?? null);
  }

  /** The cell of a field stays the same element: one that is replaced under a pressed button hears of no click. */
  private kept(field: string, sign: string, make: () => HTMLElement, draw: (element: HTMLElement) => void): HTMLElement {
    let cell = this.cells.get(field);
    if (!cell) {
      const element = make();
      element.dataset.field = field;
      cell = { element, sign: '' };
      this.cells.set(field, cell);
    }
    if (cell.sign !== sign) draw(cell.element);
    cell.sign = sign;
    return cell.element;
  }

  private nameCell(layout: Layout, order: readonly SortKey[], active: Active, chosen: string): HTMLElement {
    const isActive = active.row === -1 && active.column === 0;
    return this.kept(
      NAME_COLUMN,
      `${layout.nameWidth} ${JSON.stringify(order)} ${isActive} ${chosen}`,
      () => h('div', { role: 'columnheader', 'aria-colindex': 1, id: `${this.prefix}--1-0` }),
      (element) => {
        element.className = `rt-lead rt-headcell${isActive ? ' is-active' : ''}`;
        element.setAttribute('aria-sort', ariaSort(order, NAME_COLUMN));
        element.style.width = `${layout.nameWidth}px`;
        const checked = chosen === 'some' ? 'mixed' : String(chosen === 'all');
        const box = h('span', { class: 'rt-box', 'data-all': '', role: 'checkbox', 'aria-checked': checked, 'aria-label': 'Choose all runs that match', title: 'Choose all runs that match' }, chosen === 'some' ? icon('minus') : icon('check'));
        element.replaceChildren(...nodes(box, h('span', { class: 'rt-title' }, 'Name'), ...marks(order, NAME_COLUMN), this.menuButton(NAME_COLUMN), this.handle(NAME_COLUMN)));
      },
    );
  }

  private cell(at: number, layout: Layout, order: readonly SortKey[], active: Active, filtered: Set<string>): HTMLElement {
    const name = layout.columns[at] as string;
    const left = layout.places[at] as number;
    const width = (layout.places[at + 1] as number) - left;
    const isActive = active.row === -1 && active.column === at + 1;
    return this.kept(
      name,
      `${left} ${width} ${at} ${isActive} ${filtered.has(name)} ${JSON.stringify(sortOf(order, name))} ${order.length}`,
      () => h('div', { role: 'columnheader', title: `${fullTitleOf(name)}\nClick sorts, with Shift by several columns; drag moves the column.` }),
      (element) => {
        element.className = `rt-headcell rt-cell${isNumeric(name) ? ' is-number' : ''}${isActive ? ' is-active' : ''}`;
        element.id = `${this.prefix}--1-${at + 1}`;
        element.setAttribute('aria-colindex', String(at + 2));
        element.setAttribute('aria-sort', ariaSort(order, name));
        element.style.left = `${left}px`;
        element.style.width = `${width}px`;
        const field = fieldOf(name);
        const stat = field?.kind === 'metric' ? h('span', { class: 'rt-stat' }, STAT_WORDS[field.stat]) : null;
        element.replaceChildren(...nodes(h('span', { class: 'rt-title' }, titleOf(name)), stat, filtered.has(name) ? icon('filter', 'rt-mark') : null, ...marks(order, name), this.menuButton(name), this.handle(name)));
      },
    );
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

function nodes(...given: (HTMLElement | null)[]): HTMLElement[] {
  return given.filter((node) => node !== null);
}

function ariaSort(order: readonly SortKey[], name: string): string {
  const sorted = sortOf(order, name);
  return sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none';
}
