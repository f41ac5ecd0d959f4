/** Choosing columns among thousands of names: searched on the server, read on as the list is scrolled. */

import { sentence } from '../app/api';
import { h, icon } from '../runs/dom';
import { ATTRIBUTES, type FieldKind, STATS, STAT_WORDS, type Stat, fieldOf, fullTitleOf, nameOf, titleOf, withStat } from './fields';
import { added, moved, replaced } from './columns';
import { KIND_ICONS, KIND_TITLES } from './naming';
import { dialog } from './popover';
import type { FieldName, RunsApi } from './query';

const PAUSE = 150;
const KINDS: FieldKind[] = ['metric', 'param', 'tag', 'attribute'];
/** Beyond this, "all that match" would be a table nobody reads. */
const MOST_AT_ONCE = 12_000;

export interface ColumnsOptions {
  api: RunsApi;
  experiments: string[];
  columns: string[];
  automatic: boolean;
  changed(columns: string[] | null): void;
}

export function chooseColumns(options: ColumnsOptions): void {
  dialog('Columns', (close) => new ColumnsDialog(options, close).element, 'rt-columns-dialog');
}

class ColumnsDialog {
  readonly element: HTMLElement;
  private columns: string[];
  private automatic: boolean;
  private kind: FieldKind = 'metric';
  private found: FieldName[] = [];
  private next: string | null = null;
  private reading = false;
  private stop = new AbortController();
  private readonly search: HTMLInputElement;
  private readonly names = h('div', { class: 'rt-names', tabindex: 0, role: 'group', 'aria-label': 'Names to choose from' });
  private readonly chosen = h('ol', { class: 'rt-chosen', 'aria-label': 'Columns of the table, from left to right' });
  private readonly count = h('span', { class: 'text-secondary', role: 'status' });
  private readonly tabs = h('div', { class: 'btn-group w-100', role: 'group', 'aria-label': 'Kind of column' });
  private readonly all = h('button', { type: 'button', class: 'btn btn-sm', click: () => void this.addAll() }, 'Add all found');

  constructor(
    private readonly o: ColumnsOptions,
    close: () => void,
  ) {
    this.columns = [...o.columns];
    this.automatic = o.automatic;
    this.search = h('input', { type: 'search', class: 'form-control', placeholder: 'Search names', 'aria-label': 'Search names', autofocus: true, autocomplete: 'off' });
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.search.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.read(true), PAUSE);
    });
    this.names.addEventListener('scroll', () => {
      if (this.names.scrollTop + this.names.clientHeight > this.names.scrollHeight - 300) void this.read(false);
    });
    const reset = h('button', { type: 'button', class: 'btn me-auto', title: 'The columns that the shown runs have values for', click: () => {
      o.changed(null);
      close();
    } }, 'Choose for me');
    const save = h('button', { type: 'button', class: 'btn btn-primary', click: () => {
      if (!this.automatic) o.changed(this.columns);
      close();
    } }, 'Show these columns');
    this.element = h('div', {},
      h('div', { class: 'modal-body rt-columns' },
        h('div', { class: 'rt-columns-side' }, this.tabs, this.search, this.names, h('div', { class: 'd-flex align-items-center gap-2' }, this.count, h('span', { class: 'ms-auto' }), this.all)),
        h('div', { class: 'rt-columns-side' }, h('div', { class: 'subheader' }, 'In the table'), this.chosen),
      ),
      h('div', { class: 'modal-footer' }, reset, h('button', { type: 'button', class: 'btn', click: close }, 'Cancel'), save),
    );
    this.drawTabs();
    this.drawChosen();
    void this.read(true);
  }

  private drawTabs(): void {
    this.tabs.replaceChildren(
      ...KINDS.map((kind) =>
        h('button', { type: 'button', class: `btn btn-sm${kind === this.kind ? ' active' : ''}`, 'aria-pressed': String(kind === this.kind), click: () => {
          this.kind = kind;
          this.drawTabs();
          void this.read(true);
        } }, icon(KIND_ICONS[kind], 'me-1'), KIND_TITLES[kind]),
      ),
    );
  }

  private async read(fresh: boolean): Promise<void> {
    if (!fresh && (this.reading || this.next === null)) return;
    if (fresh) {
      this.stop.abort();
      this.stop = new AbortController();
      this.names.scrollTop = 0;
    }
    const { signal } = this.stop;
    this.reading = true;
    try {
      const page = this.kind === 'attribute' ? { results: this.attributes(), next: null } : await this.o.api.fields(this.kind, this.search.value.trim(), this.o.experiments, fresh ? null : this.next, signal);
      if (signal.aborted) return;
      this.found = fresh ? page.results : [...this.found, ...page.results];
      this.next = page.next;
      this.drawNames(fresh ? 0 : this.found.length - page.results.length);
    } catch (error) {
      if (!signal.aborted) this.names.replaceChildren(h('div', { class: 'rt-none text-danger', role: 'alert' }, sentence(error)));
    } finally {
      if (!signal.aborted) this.reading = false;
    }
  }

  private attributes(): FieldName[] {
    const text = this.search.value.trim().toLowerCase();
    return Object.entries(ATTRIBUTES)
      .filter(([key, { title }]) => key !== 'name' && (key.includes(text) || title.toLowerCase().includes(text)))
      .map(([key]) => ({ kind: 'attribute', key }));
  }

  private drawNames(from: number): void {
    if (from === 0) this.names.replaceChildren();
    for (const { kind, key } of this.found.slice(from)) {
      const name = nameOf({ kind, key, stat: 'last' });
      const box = h('input', { type: 'checkbox', class: 'form-check-input', checked: this.columns.some((column) => sameField(column, name)), change: () => this.set(name, box.checked) });
      box.dataset.name = name;
      this.names.append(h('label', { class: 'form-check rt-check', title: key }, box, h('span', { class: 'form-check-label text-truncate' }, titleOf(name))));
    }
    const none = this.search.value.trim() ? 'Nothing is called so.' : `These runs have no ${KIND_TITLES[this.kind].toLowerCase()} yet.`;
    if (!this.found.length) this.names.append(h('div', { class: 'rt-none' }, none));
    this.count.textContent = `${this.found.length.toLocaleString('en-US')}${this.next === null ? '' : '+'} found`;
    this.all.hidden = !this.found.length;
  }

  private set(name: string, on: boolean): void {
    this.change(on ? added(this.columns, [name]) : this.columns.filter((column) => !sameField(column, name)));
  }

  /** All names that the search finds, also those not read yet. */
  private async addAll(): Promise<void> {
    while (this.next !== null && this.found.length < MOST_AT_ONCE) await this.read(false);
    const names = this.found.slice(0, MOST_AT_ONCE).map(({ kind, key }) => nameOf({ kind, key, stat: 'last' }));
    this.change(added(this.columns, names.filter((name) => !this.columns.some((column) => sameField(column, name)))));
    if (this.next !== null) this.count.textContent = `The first ${MOST_AT_ONCE.toLocaleString('en-US')} were added. Search for fewer to add others.`;
  }

  private change(columns: string[]): void {
    this.columns = columns;
    this.automatic = false;
    this.drawChosen();
    for (const box of this.names.querySelectorAll<HTMLInputElement>('input')) box.checked = columns.some((column) => sameField(column, box.dataset.name ?? ''));
  }

  private drawChosen(): void {
    const shown = this.columns.slice(0, 300);
    this.chosen.replaceChildren(...shown.map((name) => this.chosenRow(name)));
    if (shown.length < this.columns.length) this.chosen.append(h('li', { class: 'text-secondary rt-none' }, `and ${(this.columns.length - shown.length).toLocaleString('en-US')} more`));
    if (!this.columns.length) this.chosen.append(h('li', { class: 'text-secondary rt-none' }, 'Only the names.'));
  }

  private chosenRow(name: string): HTMLElement {
    const field = fieldOf(name);
    const row = h('li', { class: 'rt-chosen-row', draggable: 'true', title: 'Drag, or Alt and arrows, to move it' });
    row.append(icon('grip-vertical', 'text-secondary'), h('span', { class: 'text-truncate flex-fill' }, titleOf(name)));
    if (field?.kind === 'metric') {
      const select = h('select', { class: 'form-select form-select-sm rt-stat-choice', 'aria-label': `Which value of ${field.key}` });
      for (const stat of STATS) select.append(h('option', { value: stat, selected: stat === field.stat }, STAT_WORDS[stat]));
      select.addEventListener('change', () => this.change(replaced(this.columns, name, withStat(name, select.value as Stat))));
      row.append(select);
    }
    const drop = h('button', { type: 'button', class: 'btn btn-sm btn-icon btn-ghost-secondary', 'aria-label': `Take ${fullTitleOf(name)} out. Alt and arrows move it.`, click: () => this.change(this.columns.filter((column) => column !== name)) }, icon('x'));
    drop.addEventListener('keydown', (event) => this.moveBy(event, name));
    row.append(drop);
    row.addEventListener('dragstart', (event) => event.dataTransfer?.setData('text/plain', name));
    row.addEventListener('dragover', (event) => {
      event.preventDefault();
      row.classList.add('is-goal');
    });
    row.addEventListener('dragleave', () => row.classList.remove('is-goal'));
    row.addEventListener('drop', (event) => {
      event.preventDefault();
      const dragged = event.dataTransfer?.getData('text/plain') ?? '';
      this.change(moved(this.columns, dragged, name, this.columns.indexOf(dragged) < this.columns.indexOf(name)));
    });
    return row;
  }

  private moveBy(event: KeyboardEvent, name: string): void {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    const at = this.columns.indexOf(name) + (event.key === 'ArrowUp' ? -1 : 1);
    const target = this.columns[at];
    if (target === undefined) return;
    this.change(moved(this.columns, name, target, event.key === 'ArrowDown'));
    this.chosen.querySelectorAll<HTMLElement>('.btn-icon')[at]?.focus();
  }
}

/** Whichever of its values: a metric is one name in the list. */
function sameField(one: string, other: string): boolean {
  const [a, b] = [fieldOf(one), fieldOf(other)];
  return a !== null && b !== null && a.kind === b.kind && a.key === b.key;
}
