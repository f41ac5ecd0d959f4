/** The first rows of a file as they will be read, with each column's kind to be corrected. */

import { h, icon, one } from './dom';
import { type Inspection, type SeenColumn, previewTruth } from './inspection';

const COLUMNS_AT_ONCE = 40;

export class PreviewTable {
  private first = 0;
  private found: Inspection | null = null;
  private readonly box: HTMLElement;
  private readonly pager: HTMLElement;
  private readonly kinds: string[];

  constructor(
    private readonly root: HTMLElement,
    private readonly chooseKind: (column: SeenColumn, kind: string) => void,
    private readonly keep: (column: SeenColumn, keep: boolean) => void,
  ) {
    this.box = one(root, '[data-preview]');
    this.pager = one(root, '[data-pager]');
    this.kinds = (this.box.dataset.kinds ?? '').split(',');
    one(this.pager, '[data-back]').addEventListener('click', () => this.move(this.first - COLUMNS_AT_ONCE));
    one(this.pager, '[data-on]').addEventListener('click', () => this.move(this.first + COLUMNS_AT_ONCE));
    one<HTMLInputElement>(this.pager, '[data-find]').addEventListener('input', (event) => {
      const text = (event.target as HTMLInputElement).value.toLowerCase();
      const at = this.found?.columns.findIndex((column) => column.name.toLowerCase().includes(text)) ?? -1;
      if (text && at >= 0) this.move(at);
    });
  }

  show(found: Inspection): void {
    this.found = found;
    if (this.first >= found.columns.length) this.first = 0;
    one(this.root, '[data-truth]').textContent = previewTruth(found);
    this.draw();
  }

  private move(to: number): void {
    const count = this.found?.columns.length ?? 0;
    this.first = Math.min(Math.max(0, to), Math.max(0, count - 1));
    this.draw();
    this.box.scrollLeft = 0;
  }

  private draw(): void {
    const found = this.found;
    if (!found) return;
    const last = Math.min(found.columns.length, this.first + COLUMNS_AT_ONCE);
    const columns = found.columns.slice(this.first, last);
    this.pager.hidden = found.columns.length <= COLUMNS_AT_ONCE;
    one(this.pager, '[data-place]').textContent = `${this.first + 1}–${last} of ${found.columns.length.toLocaleString('en-US')}`;
    one<HTMLButtonElement>(this.pager, '[data-back]').disabled = this.first === 0;
    one<HTMLButtonElement>(this.pager, '[data-on]').disabled = last >= found.columns.length;
    const { scrollLeft, scrollTop } = this.box;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.control : undefined;
    const head = h('tr', {}, h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, 'Row')), ...columns.map((column) => this.header(column)));
    const body = h(
      'tbody',
      {},
      ...found.preview.rows.map((row, at) =>
        h('tr', {}, h('th', { scope: 'row' }, String(at + 1)), ...columns.map((column, i) => cell(row[this.first + i] ?? null, column))),
      ),
    );
    this.box.replaceChildren(h('table', {}, h('thead', {}, head), body));
    this.box.scrollLeft = scrollLeft;
    this.box.scrollTop = scrollTop;
    // The table was drawn anew under the hands of who is correcting it.
    if (focused) this.box.querySelector<HTMLElement>(`[data-control="${CSS.escape(focused)}"]`)?.focus();
  }

  private header(column: SeenColumn): HTMLElement {
    const tick = h('input', {
      type: 'checkbox', class: 'form-check-input m-0', 'aria-label': `Import ${column.name}`, title: 'Import this column',
      'data-control': `keep ${column.name}`, change: (event: Event) => this.keep(column, (event.target as HTMLInputElement).checked),
    });
    tick.checked = column.keep;
    const select = h(
      'select',
      { class: 'form-select', 'aria-label': `Kind of ${column.name}`, 'data-control': `kind ${column.name}`, change: (event: Event) => this.chooseKind(column, (event.target as HTMLSelectElement).value) },
      ...this.kinds.map((kind) => h('option', { value: kind }, kind)),
    );
    select.value = column.kind;
    if (column.problem) select.classList.add('is-invalid');
    const notes = [column.missing ? `${column.missing.toLocaleString('en-US')} missing` : 'none missing', `${column.distinct.toLocaleString('en-US')} different`];
    if (column.kind !== column.guessed) notes.push(`found: ${column.guessed}`);
    return h(
      'th',
      { scope: 'col', class: column.keep ? '' : 'data-dropped' },
      h('div', { class: 'data-column-name', title: column.name === column.original ? column.name : `${column.name}, in the file: ${column.original || 'no name'}` }, tick, h('span', {}, column.name)),
      select,
      h('div', { class: 'data-column-note' }, notes.join(' · ')),
      column.problem ? h('div', { class: 'data-column-problem' }, icon('alert-circle', 'me-1'), column.problem) : null,
    );
  }
}

function cell(value: string | null, column: SeenColumn): HTMLElement {
  const classes = [column.kind === 'integer' || column.kind === 'number' ? 'text-end' : '', value === null ? 'data-missing' : '', column.keep ? '' : 'data-dropped'];
  return h('td', { class: classes.join(' ').trim(), title: value ?? '' }, value ?? 'missing');
}
