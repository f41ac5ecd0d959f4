/**
 * The table itself: a header and pinned runs that stay, rows drawn only where they are looked at, in both directions.
 * Keyboard: arrows, Page Up and Down, Home and End (with Ctrl the whole table); Space chooses a run, Enter opens it (or a
 * group, or sorts by a column), h hides it from the charts, p pins it, s stars it. In the header Shift+Enter sorts by one
 * more column, Alt+arrows move the column, Alt+Shift+arrows make it narrower or wider, Delete takes it out, m is its menu.
 */

import { bodyHeight, clamp, edges, scrollForRow, visibleColumns, visibleRows } from '../data/gridModel';
import { hover } from '../charts/hover';
import { h } from '../runs/dom';
import { wholeBand, wholeValue } from './cells';
import { NAME_COLUMN, widthOf } from './columns';
import { Head, type HeadActions } from './head';
import { type Content, HEIGHT, type Layout, type Line, Painter } from './painter';
import type { GroupRow, RunRow } from './query';
import type { Span } from './source';
import type { Store } from './store';
import type { SortKey } from './view';

export interface GridState {
  columns: string[];
  widths: Record<string, number>;
  order: SortKey[];
  filtered: Set<string>;
  chosen: 'none' | 'some' | 'all';
  selected(run_id: string): boolean;
  hidden(run_id: string): boolean;
  pinned(run_id: string): boolean;
  color(run_id: string): string | undefined;
}

export interface GridActions extends Omit<HeadActions, 'layout' | 'scroller'> {
  /** "select", "hide", "pin", "star", "color", "open" */
  run(what: string, run: RunRow, row: number, anchor: HTMLElement, event: { shiftKey: boolean }): void;
  toggle(group: GroupRow): void;
  remove(field: string): void;
  shift(field: string, by: -1 | 1): void;
  escape(): void;
}

/** Of thousands of columns each has a width; they are added up when one changes, not in every frame. */
interface Measured {
  columns: string[];
  widths: Record<string, number>;
  resized: Record<string, number>;
  clientWidth: number;
  nameWidth: number;
  behind: number[];
  places: number[];
}

const HEADER = -1;
/** Of the height pinned runs may take; those beyond are the first of the ordinary rows. */
const PINNED_SHARE = 0.4;
/** Rows drawn beyond what is seen, above and below. */
const SPARE = 4;
let counter = 0;

export class Grid {
  readonly element: HTMLElement;
  readonly scroller: HTMLElement;
  private readonly prefix = `rt${(counter += 1)}`;
  private readonly head: Head;
  private readonly stuck = h('div', { class: 'rt-stuck', role: 'presentation' });
  private readonly body = h('div', { class: 'rt-body', role: 'rowgroup' });
  private readonly sheet: HTMLElement;
  private readonly top: Painter;
  private readonly rest: Painter;
  private active = { row: 0, column: 0 };
  private frame = 0;
  private hovered: string | null = null;
  private resized: Record<string, number> = {};
  private layout_: Layout = { columns: [], places: [0], nameWidth: 0, width: 0, inSight: { first: 0, last: 0 } };
  private rows_: Span = { first: 0, last: 0 };
  private geometry = '';
  private measured: Measured | null = null;

  constructor(
    private readonly current: () => Store,
    private readonly state: () => GridState,
    private readonly actions: GridActions,
  ) {
    this.head = new Head(this.prefix, { ...actions, resize: (...given) => this.resize(...given), layout: () => this.layout_, scroller: () => this.scroller });
    const sticky = h('div', { class: 'rt-sticky', role: 'rowgroup' }, this.head.element, this.stuck);
    this.sheet = h('div', { class: 'rt-sheet', role: 'presentation' }, sticky, this.body);
    this.scroller = h('div', { class: 'rt-scroll', role: 'grid', tabindex: 0, 'aria-label': 'Runs', 'aria-multiselectable': 'true' }, this.sheet);
    this.element = h('div', { class: 'rt-frame' }, this.scroller);
    this.top = new Painter(this.stuck, `${this.prefix}`);
    this.rest = new Painter(this.body, `${this.prefix}`);
    this.listen();
  }

  private get store(): Store {
    return this.current();
  }

  /** What is in sight, for reading it again. */
  get inSight(): { rows: Span; columns: Span } {
    return { rows: this.rows_, columns: this.layout_.inSight };
  }

  schedule(): void {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  toTop(): void {
    this.scroller.scrollTop = 0;
    this.active = { row: 0, column: Math.min(this.active.column, this.state().columns.length) };
  }

  showColumn(field: string): void {
    const at = this.state().columns.indexOf(field);
    if (at >= 0) this.go(this.active.row, at + 1);
  }

  /** The run at the top of what is seen, and where it stands, so that the same stands there after rows came before it. */
  anchor(): { run_id: string; row: number } | null {
    const first = Math.ceil(this.scroller.scrollTop / HEIGHT) + this.stuckRows();
    const run = this.scroller.scrollTop > 0 ? this.store.runAt(first) : undefined;
    return run ? { run_id: run.run_id, row: first } : null;
  }

  hold(anchor: { run_id: string; row: number }): void {
    const row = this.store.rowOfRun(anchor.run_id);
    if (row === null || row === anchor.row) return;
    this.scroller.scrollTop += (row - anchor.row) * HEIGHT;
    this.active.row = clamp(this.active.row + row - anchor.row, HEADER, this.store.rows.count - 1);
  }

  draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { scroller, store } = this;
    const state = this.state();
    const stuck = this.stuckRows();
    const count = Math.max(0, store.rows.count - stuck);
    this.arrange(state);
    const above = this.sticky().offsetHeight;
    const viewport = Math.max(0, scroller.clientHeight - above);
    const geometry = `${count} ${this.layout_.width} ${stuck} ${state.columns.length}`;
    if (geometry !== this.geometry) {
      this.geometry = geometry;
      this.sheet.style.width = `${this.layout_.width}px`;
      this.body.style.height = `${bodyHeight(count, HEIGHT)}px`;
      this.stuck.style.height = `${stuck * HEIGHT}px`;
      scroller.setAttribute('aria-rowcount', String(store.rows.count + 1));
      scroller.setAttribute('aria-colcount', String(state.columns.length + 1));
    }
    const span = visibleRows(scroller.scrollTop, viewport, count, SPARE, HEIGHT);
    this.rows_ = { first: stuck + span.first, last: stuck + span.last };
    this.head.paint(this.layout_, state.order, this.active, state.chosen, state.filtered);
    const marks = { ...state, hovered: this.hovered, active: this.active };
    const now = Date.now();
    const lines = (first: number, last: number, top: number): Line[] =>
      Array.from({ length: Math.max(0, last - first) }, (_, at) => ({ row: first + at, top: top + at * HEIGHT, content: this.contentAt(first + at) }));
    this.top.paint(lines(0, stuck, 0), this.layout_, marks, now);
    this.rest.paint(lines(this.rows_.first, this.rows_.last, span.top), this.layout_, marks, now);
    const active = `${this.prefix}-${this.active.row}-${this.active.column}`;
    if (scroller.getAttribute('aria-activedescendant') !== active) scroller.setAttribute('aria-activedescendant', active);
    store.want({ first: stuck ? 0 : this.rows_.first, last: stuck }, this.layout_.inSight);
    store.want(this.rows_, this.layout_.inSight);
  }

  private arrange(state: GridState): void {
    const { clientWidth } = this.scroller;
    const measured = this.measured;
    if (!measured || measured.columns !== state.columns || measured.widths !== state.widths || measured.resized !== this.resized || measured.clientWidth !== clientWidth) {
      const widths = { ...state.widths, ...this.resized };
      const nameWidth = Math.min(widthOf(NAME_COLUMN, widths), Math.max(150, clientWidth * 0.55));
      const behind = edges(state.columns.map((name) => widthOf(name, widths)));
      this.measured = { columns: state.columns, widths: state.widths, resized: this.resized, clientWidth, nameWidth, behind, places: behind.map((edge) => edge + nameWidth) };
    }
    const { nameWidth, behind, places } = this.measured as Measured;
    const width = Math.max(this.scroller.clientWidth, places.at(-1) ?? 0);
    const seen = visibleColumns(behind, this.scroller.scrollLeft, this.scroller.clientWidth - nameWidth);
    this.layout_ = { columns: state.columns, places, nameWidth, width, inSight: { first: seen.first, last: seen.last } };
  }

  private contentAt(row: number): Content {
    const place = this.store.rows.at(row);
    if (place?.kind === 'group') {
      const group = this.store.groupAt(row);
      return group ? { kind: 'group', group, open: this.store.isOpen(group) } : { kind: 'waiting' };
    }
    const run = this.store.runAt(row);
    return run ? { kind: 'run', run, inGroup: place?.source !== '' && place?.source !== 'pinned' } : { kind: 'waiting' };
  }

  private stuckRows(): number {
    const most = Math.floor((this.scroller.clientHeight * PINNED_SHARE) / HEIGHT);
    return Math.min(this.store.pinnedCount, Math.max(1, most));
  }

  private sticky(): HTMLElement {
    return this.sheet.firstElementChild as HTMLElement;
  }

  private resize(field: string, width: number, done: boolean): void {
    if (done) {
      this.resized = {};
      this.actions.resize(field, width, true);
    } else this.resized = { [field]: width };
    this.schedule();
  }

  private listen(): void {
    const { scroller } = this;
    scroller.addEventListener('scroll', () => this.schedule(), { passive: true });
    scroller.addEventListener('keydown', (event) => this.key(event));
    scroller.addEventListener('click', (event) => this.click(event));
    scroller.addEventListener('dblclick', (event) => {
      const at = this.rowAt(event.target);
      const run = at === null ? undefined : this.store.runAt(at);
      if (run && at !== null && !(event.target as Element).closest('[data-act], a')) this.actions.run('open', run, at, scroller, event);
    });
    scroller.addEventListener('pointerover', (event) => {
      const id = (event.target as Element).closest<HTMLElement>('[data-run]')?.dataset.run ?? null;
      if (id !== this.hovered) hover.set(id);
      this.explain((event.target as Element).closest<HTMLElement>('.rt-cell[data-field], .rt-name'));
    });
    scroller.addEventListener('pointerleave', () => hover.set(null));
    hover.subscribe((run_id) => {
      if (run_id === this.hovered) return;
      this.hovered = run_id;
      this.schedule();
    });
    new ResizeObserver(() => this.schedule()).observe(scroller);
  }

  /** The whole value as the tooltip of the cell that is pointed at. */
  private explain(cell: HTMLElement | null): void {
    const row = this.rowAt(cell);
    if (!cell || row === null) return;
    const name = cell.dataset.field ?? NAME_COLUMN;
    const group = this.store.groupAt(row);
    const run = this.store.runAt(row);
    cell.title = group ? wholeBand(group.metrics[name]) : run ? wholeValue(name, run) : '';
  }

  private rowAt(target: EventTarget | null): number | null {
    const row = target instanceof Element ? target.closest<HTMLElement>('.rt-row')?.dataset.row : undefined;
    return row === undefined ? null : Number(row);
  }

  private click(event: MouseEvent): void {
    const target = event.target as Element;
    const row = this.rowAt(target);
    if (row === null) return;
    const cell = target.closest('[aria-colindex]');
    this.active = { row, column: Number(cell?.getAttribute('aria-colindex') ?? 1) - 1 };
    this.schedule();
    const group = this.store.groupAt(row);
    if (group) {
      if (target.closest('.rt-lead')) this.actions.toggle(group);
      return;
    }
    const run = this.store.runAt(row);
    const act = target.closest<HTMLElement>('[data-act]');
    if (!run) return;
    if (act) this.actions.run(act.dataset.act ?? '', run, row, act, event);
    else if (event.shiftKey && !target.closest('a')) this.actions.run('select', run, row, this.scroller, event);
  }

  private key(event: KeyboardEvent): void {
    if (event.target !== this.scroller) return;
    const { row } = this.active;
    if (event.altKey ? this.headKey(event) : this.move(event) || (row === HEADER ? this.headKey(event) : this.rowKey(event))) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Escape') this.actions.escape();
  }

  private move(event: KeyboardEvent): boolean {
    const { row, column } = this.active;
    const whole = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor((this.scroller.clientHeight - this.sticky().offsetHeight) / HEIGHT) - 1);
    const lastRow = this.store.rows.count - 1;
    const lastColumn = this.state().columns.length;
    const goals: Record<string, [number, number]> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      PageUp: [Math.max(0, row - page), column],
      PageDown: [row + page, column],
      Home: [whole ? 0 : row, 0],
      End: [whole ? lastRow : row, lastColumn],
    };
    const goal = goals[event.key];
    if (!goal) return false;
    this.go(clamp(goal[0], HEADER, Math.max(lastRow, HEADER)), clamp(goal[1], 0, lastColumn));
    if (event.shiftKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) this.runKey('select', true);
    return true;
  }

  private headKey(event: KeyboardEvent): boolean {
    const field = this.active.column === 0 ? NAME_COLUMN : this.state().columns[this.active.column - 1];
    if (field === undefined) return false;
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (event.altKey) {
      if (!by) return false;
      if (event.shiftKey) this.actions.resize(field, widthOf(field, this.state().widths) + by * 24, true);
      else if (field !== NAME_COLUMN) {
        this.actions.shift(field, by);
        this.go(this.active.row, clamp(this.active.column + by, 1, this.state().columns.length));
      }
      return true;
    }
    if (event.key === 'Enter') this.actions.sort(field, event.shiftKey);
    else if (event.key === ' ' && field === NAME_COLUMN) this.actions.chooseAll();
    else if (event.key === 'Delete' && field !== NAME_COLUMN) this.actions.remove(field);
    else if (event.key === 'm' || event.key === ' ') this.actions.menu(field, document.getElementById(`${this.prefix}--1-${this.active.column}`) ?? this.scroller);
    else return false;
    return true;
  }

  private rowKey(event: KeyboardEvent): boolean {
    const group = this.store.groupAt(this.active.row);
    if (group) {
      if (event.key !== 'Enter' && event.key !== ' ') return false;
      this.actions.toggle(group);
      return true;
    }
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== 'a') return false;
      this.actions.chooseAll();
      return true;
    }
    const what = { ' ': 'select', Enter: 'open', h: 'hide', p: 'pin', s: 'star', c: 'color' }[event.key];
    return what !== undefined && this.runKey(what, event.shiftKey);
  }

  private runKey(what: string, shiftKey: boolean): boolean {
    const run = this.store.runAt(this.active.row);
    if (!run) return false;
    const anchor = this.scroller.querySelector<HTMLElement>(`[data-run="${run.run_id}"] .rt-dot`) ?? this.scroller;
    this.actions.run(what, run, this.active.row, anchor, { shiftKey });
    return true;
  }

  private go(row: number, column: number): void {
    this.active = { row, column };
    const { scroller } = this;
    const stuck = this.stuckRows();
    const viewport = scroller.clientHeight - this.sticky().offsetHeight;
    const down = row < stuck ? null : scrollForRow(row - stuck, scroller.scrollTop, viewport, this.store.rows.count - stuck, HEIGHT);
    if (down !== null) scroller.scrollTop = down;
    const { places, nameWidth } = this.layout_;
    if (column > 0) {
      const left = (places[column - 1] ?? 0) - nameWidth;
      const right = places[column] ?? 0;
      if (left < scroller.scrollLeft) scroller.scrollLeft = left;
      else if (right > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = right - scroller.clientWidth;
    }
    this.draw();
  }
}
