/** Tags of a run: pairs of words. Added, changed and taken away in place. */

import { api, ApiError, sentence } from '../app/api';
import { toast } from '../app/toast';
import type { AboutView, NoteContext } from './description';
import { h, icon, replace } from './dom';

interface Tag {
  key: string;
  value: string;
}

export function tagsView(context: NoteContext): AboutView {
  const list = h('div', { class: 'studio-run-tags' });
  const add = context.mayEdit && h('button', { type: 'button', class: 'btn btn-sm btn-ghost-secondary', onclick: () => open(null) }, icon('plus', 'me-1'), 'Add a tag');
  const form = h('div');
  const element = h('section', { class: 'card mb-3', 'aria-label': 'Tags' }, h('div', { class: 'card-header py-2' }, h('h2', { class: 'card-title fs-4' }, 'Tags'), h('div', { class: 'ms-auto' }, add)), h('div', { class: 'card-body py-3' }, list, form));
  let tags: Tag[] = [];
  let shown = '';

  const draw = (): void => {
    const chips = tags.map((tag) =>
      h(
        'span',
        { class: 'studio-chip', 'data-tag': tag.key },
        context.mayEdit
          ? h('button', { type: 'button', class: 'studio-chip-text', title: `Change the tag ${tag.key}`, onclick: () => open(tag) }, words(tag))
          : h('span', { class: 'studio-chip-text' }, words(tag)),
        context.mayEdit && h('button', { type: 'button', class: 'studio-chip-drop', 'aria-label': `Take away the tag ${tag.key}`, onclick: () => void drop(tag) }, icon('x')),
      ),
    );
    replace(list, ...(chips.length ? chips : [h('span', { class: 'text-secondary' }, context.mayEdit ? 'None yet. Tags help to find runs again and to group them.' : 'None.')]));
  };

  const drop = async (tag: Tag): Promise<void> => {
    try {
      await api('DELETE', `${context.address}/tags?key=${encodeURIComponent(tag.key)}`);
      context.changed();
      toast(`The tag ${tag.key} was taken away.`, 'info', { label: 'Undo', act: () => void put(tag) });
    } catch (error) {
      toast(sentence(error), 'danger');
    }
  };

  const put = async (tag: Tag): Promise<void> => {
    try {
      await api('PUT', `${context.address}/tags`, tag);
      context.changed();
    } catch (error) {
      toast(sentence(error), 'danger');
    }
  };

  const open = (tag: Tag | null): void => {
    const key = h('input', { class: 'form-control form-control-sm', maxlength: 250, 'aria-label': 'Name of the tag', placeholder: 'Name', autocomplete: 'off', readonly: tag !== null });
    const value = h('input', { class: 'form-control form-control-sm', maxlength: 8000, 'aria-label': 'Value of the tag', placeholder: 'Value', autocomplete: 'off' });
    key.value = tag?.key ?? '';
    value.value = tag?.value ?? '';
    const wrong = h('div', { class: 'text-danger small', role: 'alert' });
    const save = h('button', { class: 'btn btn-sm btn-primary' }, 'Save');
    const close = (): void => {
      replace(form);
      (add || list).focus?.();
    };
    const box = h('form', { class: 'd-flex flex-wrap gap-2 mt-3', novalidate: true }, h('div', { class: 'studio-tag-field' }, key), h('div', { class: 'studio-tag-field' }, value), save, h('button', { type: 'button', class: 'btn btn-sm', onclick: close }, 'Cancel'), wrong);
    box.addEventListener('submit', (event) => {
      event.preventDefault();
      save.disabled = true;
      api('PUT', `${context.address}/tags`, { key: key.value, value: value.value })
        .then(() => {
          close();
          context.changed();
        })
        .catch((error: unknown) => {
          const said = error instanceof ApiError ? (error.fields.key ?? error.fields.value) : undefined;
          wrong.textContent = Array.isArray(said) ? String(said[0]) : sentence(error);
          (error instanceof ApiError && error.fields.value ? value : key).focus();
        })
        .finally(() => (save.disabled = false));
    });
    box.addEventListener('keydown', (event) => event.key === 'Escape' && close());
    replace(form, box);
    (tag ? value : key).focus();
  };

  return {
    element,
    show: (about) => {
      const signature = JSON.stringify(about.tags);
      if (signature === shown) return;
      shown = signature;
      tags = about.tags;
      draw();
    },
  };
}

function words(tag: Tag): HTMLElement {
  return h('span', {}, h('span', { class: 'text-secondary' }, tag.value ? `${tag.key}: ` : tag.key), tag.value);
}
