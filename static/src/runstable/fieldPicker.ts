/** A search field with a list of names of fields below it. */

import { sentence } from '../app/api';
import { h, icon } from '../runs/dom';
import { type FieldKind, titleOf } from './fields';
import { type Found, KIND_ICONS, KIND_TITLES, findFields } from './naming';
import type { RunsApi } from './query';

const PAUSE = 150;
let counter = 0;

export interface PickerOptions {
  api: RunsApi;
  experiments: string[];
  kinds: FieldKind[];
  label: string;
  /** Names that cannot be chosen (again). */
  without?: string[];
  picked(name: string): void;
}

export function fieldPicker(options: PickerOptions): HTMLElement {
  const id = `rt-picker-${(counter += 1)}`;
  const list = h('div', { class: 'rt-options', role: 'listbox', id, 'aria-label': options.label });
  const input = h('input', {
    type: 'search', class: 'form-control form-control-sm', placeholder: options.label, 'aria-label': options.label, autofocus: true,
    role: 'combobox', 'aria-expanded': 'true', 'aria-controls': id, 'aria-autocomplete': 'list', autocomplete: 'off',
  }); // prettier-ignore
  let found: Found[] = [];
  let at = 0;
  let stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const mark = (): void => {
    for (const [n, option] of [...list.querySelectorAll('[role=option]')].entries()) {
      option.setAttribute('aria-selected', String(n === at));
      if (n === at) {
        input.setAttribute('aria-activedescendant', option.id);
        option.scrollIntoView({ block: 'nearest' });
      }
    }
  };
  const draw = (): void => {
    const rows: Node[] = [];
    let kind = '';
    for (const [n, one] of found.entries()) {
      if (one.field.kind !== kind) rows.push(h('div', { class: 'dropdown-header', role: 'presentation' }, KIND_TITLES[one.field.kind]));
      kind = one.field.kind;
      rows.push(h('div', { class: 'dropdown-item', role: 'option', id: `${id}-${n}`, title: one.name, click: () => options.picked(one.name) }, icon(KIND_ICONS[one.field.kind], 'rt-menu-icon'), h('span', { class: 'rt-menu-text' }, titleOf(one.name))));
    }
    list.replaceChildren(...(rows.length ? rows : [h('div', { class: 'rt-none' }, 'Nothing is called so.')]));
    at = Math.min(at, Math.max(0, found.length - 1));
    mark();
  };
  const search = async (): Promise<void> => {
    stop.abort();
    const { signal } = (stop = new AbortController());
    try {
      const all = await findFields(options.api, input.value, options.experiments, options.kinds, signal);
      if (signal.aborted) return;
      found = all.filter(({ name }) => !options.without?.includes(name));
      at = 0;
      draw();
    } catch (error) {
      if (!signal.aborted) list.replaceChildren(h('div', { class: 'rt-none text-danger', role: 'alert' }, sentence(error)));
    }
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void search(), PAUSE);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') at = Math.min(found.length - 1, at + 1);
    else if (event.key === 'ArrowUp') at = Math.max(0, at - 1);
    else if (event.key === 'Enter' && found[at]) options.picked((found[at] as Found).name);
    else return;
    event.preventDefault();
    mark();
  });
  void search();
  return h('div', { class: 'rt-picker' }, input, list);
}
