/** What the grid asks and tells in a window of its own: a filter, one value in full, one column's figures. */

import { toast } from '../app/toast';
import { h, icon } from './dom';
import {
  type Cell,
  type Column,
  type Filter,
  joinValues,
  needsValue,
  opWords,
  opsFor,
  splitValues,
} from './gridModel';
import { type ColumnProfile, drawLarge } from './profile';

/** A modal window; resolves when it is closed. Focus goes back where it was. */
export function openDialog(title: string, body: Node, buttons: Node[] = []): HTMLDialogElement {
  const before = document.activeElement;
  const id = `dialog-${Math.random().toString(36).slice(2)}`;
  const close = h('button', { type: 'button', class: 'btn-close', 'aria-label': 'Close', click: () => dialog.close() });
  const dialog = h(
    'dialog',
    { class: 'studio-dialog', 'aria-labelledby': id },
    h('div', { class: 'modal-header' }, h('h2', { class: 'modal-title text-break', id }, title), close),
    h('div', { class: 'modal-body' }, body),
    buttons.length ? h('div', { class: 'modal-footer' }, ...buttons) : null,
  );
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  // What is typed here is not for the canvas or page behind.
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export function askFilter(columns: Column[], given: Partial<Filter>, done: (filter: Filter) => void): void {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const list = h('datalist', { id: 'datagrid-columns' }, ...columns.map((c) => h('option', { value: c.name })));
  const column = h('input', {
    class: 'form-control',
    id: 'datagrid-filter-column',
    list: 'datagrid-columns',
    value: given.column ?? columns[0]?.name ?? '',
    autocomplete: 'off',
    required: true,
  });
  const op = h('select', { class: 'form-select', id: 'datagrid-filter-op' });
  const valueBox = h('div', { class: 'mb-3' });
  const form = h(
    'form',
    { method: 'dialog' },
    list,
    field('Column', column),
    field('Condition', op),
    valueBox,
    h('button', { class: 'btn btn-primary w-100' }, 'Show these rows'),
  );
  let value: HTMLInputElement | HTMLSelectElement | null = null;

  const showValue = (): void => {
    const kind = byName.get(column.value)?.kind ?? 'text';
    valueBox.replaceChildren();
    value = null;
    if (!needsValue(op.value)) return;
    const before = Array.isArray(given.value) ? joinValues(given.value) : String(given.value ?? '');
    if (kind === 'boolean') {
      value = h('select', { class: 'form-select', id: 'datagrid-filter-value' }, h('option', {}, 'true'), h('option', {}, 'false'));
      if (before) value.value = before;
    } else {
      value = h('input', {
        class: 'form-control',
        id: 'datagrid-filter-value',
        required: true,
        autocomplete: 'off',
        inputmode: kind === 'integer' || kind === 'number' ? 'decimal' : 'text',
        placeholder: kind === 'date' ? '2024-12-31 or 2024-12-31 18:30' : '',
        value: before,
      });
    }
    const hint = op.value === 'in' ? 'Several values, separated by commas. A value with a comma in double quotes.' : '';
    valueBox.append(field('Value', value, hint));
  };
  const showOps = (): void => {
    const kind = byName.get(column.value)?.kind;
    column.setCustomValidity(kind ? '' : 'There is no such column in this table.');
    if (!kind) return;
    const before = op.value || given.op || '=';
    op.replaceChildren(...opsFor(kind).map((name) => h('option', { value: name }, opWords(name, kind))));
    if (opsFor(kind).includes(before)) op.value = before;
    showValue();
  };
  column.addEventListener('input', showOps);
  op.addEventListener('change', showValue);
  showOps();
  form.addEventListener('submit', () => {
    const text = value?.value ?? '';
    const filter: Filter = { column: column.value, op: op.value };
    if (needsValue(op.value)) filter.value = op.value === 'in' ? splitValues(text) : text;
    done(filter);
  });
  openDialog('Filter the rows', form);
  (value ?? op).focus();
}

export function showCell(column: Column, row: number, value: Cell, full: () => Promise<Cell>): void {
  const text = h('pre', { class: 'datagrid-value' }, value === null ? 'missing' : String(value));
  const copy = h('button', { type: 'button', class: 'btn', click: () => void copyText(text.textContent ?? '') }, icon('copy', 'me-1'), 'Copy');
  openDialog(`${column.name}, row ${(row + 1).toLocaleString('en-US')}`, text, [copy]);
  if (typeof value === 'string' && / characters\)$/.test(value)) {
    full()
      .then((whole) => {
        text.textContent = String(whole);
      })
      .catch(() => toast('The whole value could not be read.', 'danger'));
  }
}

export function showColumn(column: Column, profile: ColumnProfile | undefined, rows: number, actions: Node[]): void {
  const body = profile ? drawLarge(profile, rows) : h('p', { class: 'mb-0' }, `Kind: ${column.kind}`);
  openDialog(column.name, body, actions);
}

function field(label: string, control: HTMLElement, hint = ''): HTMLElement {
  return h(
    'div',
    { class: 'mb-3' },
    h('label', { class: 'form-label', for: control.id }, label),
    control,
    hint ? h('div', { class: 'form-hint' }, hint) : null,
  );
}

async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast('Copied.', 'success');
  } catch {
    toast('The browser does not let the studio copy. Select the text and press Ctrl+C.', 'warning');
  }
}
