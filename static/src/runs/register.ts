/** Asks for the name under which a trained model is registered. */

import { api, ApiError, sentence } from '../app/api';
import { toast } from '../app/toast';
import { h } from './dom';
import { modelAddress } from './outputs';

/** `also` goes along with the name: which of several things at the address is meant. */
export function registerDialog(address: string, workspace: string, done: () => void, also: Record<string, string> = {}): void {
  const names = h('datalist', { id: 'registered-names' });
  const name = h('input', { class: 'form-control', id: 'register-name', maxlength: 80, required: true, autocomplete: 'off', list: 'registered-names' });
  const wrong = h('div', { class: 'invalid-feedback', role: 'alert' });
  const description = h('textarea', { class: 'form-control', id: 'register-description', rows: 3 });
  const submit = h('button', { class: 'btn btn-primary' }, 'Register');
  const form = h(
    'form',
    { method: 'dialog', novalidate: true },
    h('div', { class: 'modal-header' }, h('h2', { class: 'modal-title', id: 'register-title' }, 'Register this model'), h('button', { type: 'button', class: 'btn-close', 'aria-label': 'Close', onclick: () => dialog.close() })),
    h(
      'div',
      { class: 'modal-body' },
      h('label', { class: 'form-label required', for: 'register-name' }, 'Name'),
      name,
      names,
      wrong,
      h('div', { class: 'form-hint mb-3' }, 'A new name makes a new model; the name of a known one adds a version to it.'),
      h('label', { class: 'form-label', for: 'register-description' }, 'Description of this version'),
      description,
    ),
    h('div', { class: 'modal-footer' }, h('button', { type: 'button', class: 'btn me-auto', onclick: () => dialog.close() }, 'Cancel'), submit),
  );
  const dialog = h('dialog', { class: 'studio-dialog', 'aria-labelledby': 'register-title' }, form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!name.value.trim()) {
      name.classList.add('is-invalid');
      wrong.textContent = 'Give the model a name.';
      name.focus();
      return;
    }
    submit.disabled = true;
    api<{ model: string; number: number }>('POST', `${address}/register`, { ...also, name: name.value, description: description.value })
      .then((version) => {
        dialog.close();
        const told = toast(`Registered as ${version.model} version ${version.number}. `, 'success');
        told.querySelector('.flex-fill')?.append(h('a', { href: modelAddress(workspace, { name: version.model, number: version.number }) }, 'Show it'));
        done();
      })
      .catch((error: unknown) => {
        const field = error instanceof ApiError ? error.fields.name : undefined;
        name.classList.add('is-invalid');
        wrong.textContent = Array.isArray(field) ? String(field[0]) : sentence(error);
        name.focus();
      })
      .finally(() => (submit.disabled = false));
  });
  name.addEventListener('input', () => name.classList.remove('is-invalid'));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  name.focus();
  api<{ results: { name: string }[] }>('GET', `/api/v1/w/${encodeURIComponent(workspace)}/models?page_size=100`)
    .then(({ results }) => names.replaceChildren(...results.map((model) => h('option', { value: model.name }))))
    .catch(() => {}); // Suggestions only.
}
