/**
 * A table of any size: drawn only where it is looked at, in both directions, with what each column holds drawn above it.
 * Sorting, filtering and searching happen on the server, over all rows.
 *
 *     const grid = mountGrid(element, { rowsUrl, profileUrl });
 *     grid.destroy();
 *
 * Works in a full page and in a panel of 200 pixels. Keyboard: arrows, Page Up and Down, Home and End (with Ctrl the whole
 * table), Enter opens a value or sorts by a column, i tells all about a column, f filters by it.
 */

import './grid.css';

import { ApiError, api, sentence } from '../app/api';
import { h, icon } from './dom';
import { askFilter, showCell, showColumn } from './gridDialogs';
import {
  type Cell,
  type Column,
  type Filter,
  KIND_ICONS,
  type Page,
  ROW_HEIGHT,
  type Wish,
  bodyHeight,
  cellText,
  clamp,
  columnWidth,
  edges,
  filterWords,
  nextSort,
  rowsAddress,
  scrollForRow,
  sortOf,
  truth,
  visibleColumns,
  visibleRows,
  wishFrom,
  wishQuery,
} from './gridModel';
import { GridStore } from './gridStore';
import { type ColumnProfile, type Profile, drawSmall, summary } from './profile';

export interface GridOptions {
  rowsUrl: string;
  profileUrl?: string;
  /** Keep sort, search and filters in the page's address, so that a link shows the same. */
  remember?: boolean;
  label?: string;
}

export interface Grid {
  destroy(): void;
}

const PROFILE_AGAIN = 500; // ms until the profile of a new version is asked for again
const NARROW_PANEL = 340; // below this height the profiles are folded away at first
const SEARCH_PAUSE = 250;
const HEADER_ROW = -1;
let counter = 0;

export function mountGrid(element: HTMLElement, options: GridOptions): Grid {
  const grid = new GridView(element, options);
  return { destroy: () => grid.destroy() };
}

class GridView {
  private readonly id = `datagrid-${(counter += 1)}`;
  private readonly store: GridStore;
  private wish: Wish = { sort: '', search: '', filters: [] };
  private profiles = new Map<string, ColumnProfile>();
  private profiledRows = 0;
  private widths: number[] = [];
  private places: number[] = [0];
  private active = { row: 0, column: 0 };
  private frame = 0;
  private readonly resize: ResizeObserver;

  private readonly search = h('input', { type: 'search', class: 'form-control form-control-sm', placeholder: 'Search all rows', 'aria-label': 'Search all rows' });
  private readonly chips = h('div', { class: 'datagrid-chips' });
  private readonly line = h('div', { class: 'datagrid-truth', role: 'status' });
  private readonly head = h('div', { class: 'datagrid-head', role: 'row', 'aria-rowindex': 1 });
  private readonly body = h('div', { class: 'datagrid-body', role: 'presentation' });
  private readonly message = h('div', { class: 'datagrid-message', role: 'status' });
  private readonly sheet = h('div', { class: 'datagrid-sheet', role: 'presentation' }, this.head, this.body);
  private readonly scroller: HTMLElement;
  private readonly root: HTMLElement;
  private readonly toggle: HTMLButtonElement;

  constructor(
    element: HTMLElement,
    private readonly options: GridOptions,
  ) {
    this.store = new GridStore(options.rowsUrl, () => this.draw(), (error) => this.say(sentence(error), true));
    if (options.remember) this.wish = wishFrom(new URLSearchParams(location.search));
    this.search.value = this.wish.search;
    this.scroller = h('div', { class: 'datagrid-scroll', role: 'grid', tabindex: 0, 'aria-label': options.label ?? 'Rows of the table' }, this.sheet);
    this.toggle = h('button', { type: 'button', class: 'btn btn-sm', click: () => this.fold(!this.folded()) }, icon('chart-histogram', 'me-1'), h('span', { class: 'datagrid-wide' }, 'Profile'));
    const filter = h('button', { type: 'button', class: 'btn btn-sm', click: () => this.addFilter({}) }, icon('filter', 'me-1'), h('span', { class: 'datagrid-wide' }, 'Filter'));
    filter.setAttribute('aria-label', 'Add a filter');
    this.root = h(
      'div',
      { class: 'datagrid-root' },
      h('div', { class: 'datagrid-bar' },
        h('div', { class: 'input-icon datagrid-search' }, h('span', { class: 'input-icon-addon' }, icon('search')), this.search),
        filter,
        options.profileUrl ? this.toggle : null,
        this.line,
      ),
      this.chips,
      h('div', { class: 'datagrid-frame' }, this.scroller, this.message),
    );
    element.replaceChildren(this.root);
    this.fold(!options.profileUrl || element.clientHeight < NARROW_PANEL);
    this.listen();
    this.resize = new ResizeObserver(() => this.schedule());
    this.resize.observe(this.scroller);
    void this.open();
    if (options.profileUrl) void this.readProfile(options.profileUrl);
  }

  destroy(): void {
    this.store.close();
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
    this.root.remove();
  }

  private listen(): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.search.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.change({ search: this.search.value.trim() }), SEARCH_PAUSE);
    });
    this.scroller.addEventListener('scroll', () => this.schedule(), { passive: true });
    this.scroller.addEventListener('keydown', (event) => this.key(event));
    this.scroller.addEventListener('click', (event) => this.click(event));
    this.scroller.addEventListener('dblclick', (event) => {
      const at = place(event.target);
      if (at && at.row >= 0) this.openCell(at.row, at.column);
    });
    this.scroller.addEventListener('focus', () => this.markActive());
  }

  private async open(): Promise<void> {
    this.root.classList.add('datagrid-busy');
    if (!this.store.columns.length) this.say('Reading the rows…');
    try {
      if (!(await this.store.open(this.wish))) return;
    } catch (error) {
      // The rows stay dimmed: they are not what was asked for. The chips are, and can be changed or taken away.
      this.drawChips();
      this.say(sentence(error), true);
      return;
    }
    this.root.classList.remove('datagrid-busy');
    this.measure();
    this.scroller.scrollTop = 0;
    this.active = { row: Math.min(this.active.row, HEADER_ROW + 1), column: clamp(this.active.column, 0, Math.max(0, this.store.columns.length - 1)) };
    this.line.textContent = truth(this.store.matched, this.store.total, this.store.columns.length);
    const narrowed = this.wish.search || this.wish.filters.length;
    this.say(this.store.matched ? '' : narrowed ? 'No row fits the search and the filters.' : 'This table has no rows.');
    this.drawChips();
    this.draw();
  }

  private measure(): void {
    const sample = Math.min(30, this.store.matched);
    this.widths = this.store.columns.map((column, at) =>
      columnWidth(column, Array.from({ length: sample }, (_, row) => this.store.cell(row, at) ?? null)),
    );
    this.places = edges(this.widths);
  }

  private async readProfile(url: string): Promise<void> {
    try {
      const profile = await api<Profile>('GET', url);
      this.profiledRows = profile.rows;
      this.profiles = new Map(profile.columns.map((column) => [column.name, column]));
      this.draw();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'profile-not-ready') {
        // The table was ready first; its profile follows in a moment, unless the grid has gone meanwhile.
        setTimeout(() => this.root.isConnected && void this.readProfile(url), PROFILE_AGAIN);
        return;
      }
      // The rows matter more; without a profile the columns simply have none.
      this.toggle.hidden = true;
      this.fold(true);
    }
  }

  private change(part: Partial<Wish>): void {
    this.wish = { ...this.wish, ...part };
    if (this.options.remember) {
      const query = new URLSearchParams(location.search);
      for (const name of ['sort', 'search', 'filter']) query.delete(name);
      for (const [name, value] of wishQuery(this.wish)) query.set(name, value);
      history.replaceState(history.state, '', `${location.pathname}${query.size ? `?${query}` : ''}${location.hash}`);
    }
    void this.open();
  }

  // Drawing.

  private schedule(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    const { store, scroller } = this;
    if (!store.columns.length) return;
    const headHeight = this.head.offsetHeight;
    const viewport = Math.max(0, scroller.clientHeight - headHeight);
    const rows = visibleRows(scroller.scrollTop, viewport, store.matched);
    const columns = visibleColumns(this.places, scroller.scrollLeft, scroller.clientWidth);
    const width = this.places.at(-1) ?? 0;
    this.sheet.style.width = `${width}px`;
    this.body.style.height = `${bodyHeight(store.matched)}px`;
    scroller.setAttribute('aria-rowcount', String(store.matched + 1));
    scroller.setAttribute('aria-colcount', String(store.columns.length));
    this.drawHead(columns.first, columns.last);
    this.body.replaceChildren();
    for (let row = rows.first; row < rows.last; row += 1) {
      const line = h('div', { class: row % 2 ? 'datagrid-row datagrid-odd' : 'datagrid-row', role: 'row', 'aria-rowindex': row + 2 });
      line.style.transform = `translateY(${rows.top + (row - rows.first) * ROW_HEIGHT}px)`;
      line.style.width = `${width}px`;
      for (let at = columns.first; at < columns.last; at += 1) line.append(this.cellAt(row, at));
      this.body.append(line);
    }
    store.want(rows, columns);
    scroller.setAttribute('aria-activedescendant', this.cellId(this.active.row, this.active.column));
  }

  private cellAt(row: number, at: number): HTMLElement {
    const column = this.store.columns[at] as Column;
    const value = this.store.cell(row, at);
    const cell = h('div', { class: 'datagrid-cell', role: 'gridcell', id: this.cellId(row, at), 'aria-colindex': at + 1 });
    cell.style.left = `${this.places[at]}px`;
    cell.style.width = `${this.widths[at]}px`;
    cell.dataset.row = String(row);
    cell.dataset.column = String(at);
    if (value === undefined) cell.classList.add('datagrid-waiting');
    else if (value === null) {
      cell.classList.add('datagrid-gone');
      cell.textContent = 'missing';
    } else cell.textContent = cellText(value, column.kind);
    if (column.kind === 'integer' || column.kind === 'number') cell.classList.add('datagrid-number');
    if (row === this.active.row && at === this.active.column) cell.classList.add('datagrid-active');
    return cell;
  }

  private drawHead(first: number, last: number): void {
    const cells: HTMLElement[] = [];
    for (let at = first; at < last; at += 1) cells.push(this.headAt(at));
    this.head.replaceChildren(...cells);
  }

  private headAt(at: number): HTMLElement {
    const column = this.store.columns[at] as Column;
    const sort = sortOf(this.wish.sort, column.name);
    const profile = this.profiles.get(column.name);
    const mark = sort === 'none' ? null : icon(sort === 'ascending' ? 'sort-ascending' : 'sort-descending', 'datagrid-sorted');
    const filtered = this.wish.filters.some((filter) => filter.column === column.name);
    const name = h('div', { class: 'datagrid-name' }, icon(KIND_ICONS[column.kind] ?? 'abc', 'datagrid-kind'), h('span', { class: 'text-truncate' }, column.name), filtered ? icon('filter', 'datagrid-sorted') : null, mark);
    const cell = h('div', { class: 'datagrid-cell', role: 'columnheader', id: this.cellId(HEADER_ROW, at), 'aria-colindex': at + 1, 'aria-sort': sort, title: `${column.name} (${profile ? summary(profile, this.profiledRows) : column.kind})` }, name);
    const told = h('button', { type: 'button', class: 'datagrid-about', tabindex: -1, 'aria-label': `About ${column.name}` }, icon('dots-vertical'));
    told.dataset.about = String(at);
    name.append(told);
    if (profile && !this.folded()) cell.append(drawSmall(profile, this.profiledRows));
    cell.style.left = `${this.places[at]}px`;
    cell.style.width = `${this.widths[at]}px`;
    cell.dataset.row = String(HEADER_ROW);
    cell.dataset.column = String(at);
    if (this.active.row === HEADER_ROW && at === this.active.column) cell.classList.add('datagrid-active');
    return cell;
  }

  private drawChips(): void {
    const kinds = new Map(this.store.columns.map((column) => [column.name, column.kind]));
    this.chips.replaceChildren(
      ...this.wish.filters.map((filter, at) => {
        const words = filterWords(filter, kinds.get(filter.column));
        const edit = h('button', { type: 'button', class: 'datagrid-chip-text text-truncate', title: `Change: ${words}`, click: () => this.addFilter(filter, at) }, words);
        const drop = h('button', { type: 'button', class: 'datagrid-chip-drop', 'aria-label': `Take away: ${words}`, click: () => this.change({ filters: this.wish.filters.filter((_, i) => i !== at) }) }, icon('x'));
        return h('span', { class: 'datagrid-chip' }, icon('filter', 'me-1'), edit, drop);
      }),
    );
  }

  private say(text: string, wrong = false): void {
    this.message.replaceChildren(...(text ? [h('span', {}, text)] : []));
    this.message.classList.toggle('text-danger', wrong);
  }

  private folded(): boolean {
    return this.root.classList.contains('datagrid-folded');
  }

  private fold(folded: boolean): void {
    this.root.classList.toggle('datagrid-folded', folded);
    this.toggle.setAttribute('aria-pressed', String(!folded));
    this.toggle.setAttribute('aria-label', folded ? 'Show what each column holds' : 'Hide what each column holds');
    this.draw();
  }

  // Acting.

  private click(event: MouseEvent): void {
    const about = (event.target as Element).closest<HTMLElement>('[data-about]');
    const at = place(event.target);
    if (!at) return;
    this.active = at;
    if (about) this.aboutColumn(at.column);
    else if (at.row === HEADER_ROW) this.sortBy(at.column);
    else this.markActive();
  }

  /** In place: a cell drawn anew between two clicks would never hear of the double click. */
  private markActive(): void {
    this.scroller.querySelector('.datagrid-active')?.classList.remove('datagrid-active');
    const id = this.cellId(this.active.row, this.active.column);
    document.getElementById(id)?.classList.add('datagrid-active');
    this.scroller.setAttribute('aria-activedescendant', id);
  }

  private key(event: KeyboardEvent): void {
    if (event.target !== this.scroller || event.altKey) return;
    const { row, column } = this.active;
    const page = Math.max(1, Math.floor((this.scroller.clientHeight - this.head.offsetHeight) / ROW_HEIGHT) - 1);
    const lastRow = this.store.matched - 1;
    const lastColumn = this.store.columns.length - 1;
    const whole = event.ctrlKey || event.metaKey;
    const moves: Record<string, [number, number]> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      PageUp: [Math.max(0, row - page), column],
      PageDown: [row + page, column],
      Home: [whole ? HEADER_ROW + 1 : row, 0],
      End: [whole ? lastRow : row, lastColumn],
    };
    const move = moves[event.key];
    if (move) this.go(clamp(move[0], HEADER_ROW, Math.max(lastRow, HEADER_ROW)), clamp(move[1], 0, lastColumn));
    else if (event.key === 'Enter' || event.key === ' ') row === HEADER_ROW ? this.sortBy(column) : this.openCell(row, column);
    else if (event.key === 'i' && !whole) this.aboutColumn(column);
    else if (event.key === 'f' && !whole) this.addFilter({ column: this.store.columns[column]?.name });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private go(row: number, column: number): void {
    this.active = { row, column };
    const { scroller } = this;
    const viewport = scroller.clientHeight - this.head.offsetHeight;
    const down = row < 0 ? null : scrollForRow(row, scroller.scrollTop, viewport, this.store.matched);
    if (down !== null) scroller.scrollTop = down;
    const left = this.places[column] ?? 0;
    const right = this.places[column + 1] ?? 0;
    if (left < scroller.scrollLeft) scroller.scrollLeft = left;
    else if (right > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = right - scroller.clientWidth;
    this.draw();
  }

  private sortBy(at: number): void {
    const column = this.store.columns[at];
    if (column) this.change({ sort: nextSort(this.wish.sort, column.name) });
  }

  private addFilter(given: Partial<Filter>, at?: number): void {
    const start = { column: this.store.columns[this.active.column]?.name, ...given };
    askFilter(this.store.columns, start, (filter) => {
      const filters = [...this.wish.filters];
      if (at === undefined) filters.push(filter);
      else filters[at] = filter;
      this.change({ filters });
    });
  }

  private aboutColumn(at: number): void {
    const column = this.store.columns[at];
    if (!column) return;
    const act = (words: string, name: string, what: () => void): HTMLElement =>
      h('button', { type: 'button', class: 'btn', click: (event: MouseEvent) => {
        (event.target as Element).closest('dialog')?.close();
        what();
      } }, icon(name, 'me-1'), words);
    showColumn(column, this.profiles.get(column.name), this.profiledRows, [
      act('Smallest first', 'sort-ascending', () => this.change({ sort: column.name })),
      act('Largest first', 'sort-descending', () => this.change({ sort: `-${column.name}` })),
      act('Filter', 'filter', () => this.addFilter({ column: column.name })),
    ]);
  }

  private openCell(row: number, at: number): void {
    const column = this.store.columns[at];
    const value = this.store.cell(row, at);
    if (!column || value === undefined) return;
    showCell(column, row, value, async (): Promise<Cell> => {
      const page = await api<Page>('GET', `${rowsAddress(this.options.rowsUrl, this.wish, row, 1, [column.name])}&full=1`);
      return page.rows[0]?.[0] ?? null;
    });
  }

  private cellId(row: number, column: number): string {
    return `${this.id}-${row}-${column}`;
  }
}

function place(target: EventTarget | null): { row: number; column: number } | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-row][data-column]') : null;
  return cell ? { row: Number(cell.dataset.row), column: Number(cell.dataset.column) } : null;
}
