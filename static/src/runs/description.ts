/** What a run is about, in Markdown, changed in place. */

import { api, sentence } from '../app/api';
import { markdown } from '../app/markdown';
import { toast } from '../app/toast';
import type { About } from './about';
import { h, icon, replace } from './dom';

export interface NoteContext {
  /** Of the run, in the API. */
  address: string;
  workspace: string;
  mayEdit: boolean;
  /** Something was written: read it again. */
  changed: () => void;
}

export interface AboutView {
  element: HTMLElement;
  show: (about: About) => void;
}

export function descriptionView(context: NoteContext): AboutView {
  const element = h('section', { class: 'studio-description mb-3', 'aria-label': 'Description' });
  let shown: string | null = null;
  let editing = false;

  const draw = (text: string): void => {
    editing = false;
    shown = text;
    if (!text) {
      element.hidden = !context.mayEdit;
      replace(element, context.mayEdit && button('pencil-plus', 'Add a description', () => edit('')));
      return;
    }
    element.hidden = false;
    const body = h('div', { class: 'studio-markdown' });
    body.append(markdown(text));
    replace(element, h('div', { class: 'card' }, h('div', { class: 'card-body d-flex gap-3' }, h('div', { class: 'flex-fill studio-name' }, body), context.mayEdit && h('div', {}, button('pencil', 'Edit', () => edit(text))))));
  };

  const edit = (text: string): void => {
    editing = true;
    const editor = markdownEditor({
      label: 'Description',
      text,
      save: 'Save',
      onSave: async (fresh) => {
        await api('PATCH', context.address, { description: fresh });
        draw(fresh);
        context.changed();
      },
      onCancel: () => {
        draw(shown ?? '');
        element.querySelector('button')?.focus();
      },
    });
    replace(element, h('div', { class: 'card' }, h('div', { class: 'card-body' }, editor.element)));
    editor.focus();
  };

  return {
    element,
    show: (about) => {
      // What somebody is writing is not taken from under them.
      if (!editing && about.description !== shown) draw(about.description);
    },
  };
}

interface EditorOptions {
  label: string;
  text: string;
  save: string;
  rows?: number;
  onSave: (text: string) => Promise<void>;
  onCancel?: () => void;
}

/** A text box with a look at what it becomes. Ctrl and Enter saves, Escape gives up. */
export function markdownEditor(options: EditorOptions): { element: HTMLElement; focus: () => void; clear: () => void } {
  const text = h('textarea', { class: 'form-control font-monospace', rows: options.rows ?? 8, 'aria-label': options.label, maxlength: 100_000 });
  text.value = options.text;
  const preview = h('div', { class: 'studio-markdown form-control studio-markdown-preview', hidden: true, tabindex: '0', 'aria-label': 'Preview' });
  const look = button('eye', 'Preview', () => {
    const now = !preview.hidden;
    preview.hidden = now;
    text.hidden = !now;
    look.setAttribute('aria-pressed', String(!now));
    look.classList.toggle('active', !now);
    if (!now) preview.replaceChildren(text.value.trim() ? markdown(text.value) : 'Nothing yet.');
    else text.focus();
  });
  look.setAttribute('aria-pressed', 'false');
  const save = h('button', { type: 'button', class: 'btn btn-primary btn-sm' }, options.save);
  const run = (): void => {
    save.disabled = true;
    options
      .onSave(text.value)
      .catch((error: unknown) => toast(sentence(error), 'danger'))
      .finally(() => (save.disabled = false));
  };
  save.addEventListener('click', run);
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    } else if (event.key === 'Escape' && options.onCancel && text.value === options.text) {
      options.onCancel();
    }
  });
  const element = h(
    'div',
    {},
    text,
    preview,
    h(
      'div',
      { class: 'd-flex flex-wrap align-items-center gap-2 mt-2' },
      h('span', { class: 'text-secondary small me-auto' }, 'Markdown; Ctrl and Enter saves'),
      look,
      options.onCancel && h('button', { type: 'button', class: 'btn btn-sm', onclick: options.onCancel }, 'Cancel'),
      save,
    ),
  );
  return {
    element,
    focus: () => text.focus(),
    clear: () => {
      text.value = '';
      preview.hidden = true;
      text.hidden = false;
    },
  };
}

function button(name: string, label: string, act: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: 'btn btn-sm btn-ghost-secondary', onclick: act }, icon(name, 'me-1'), label);
}
