/** The list of pipelines: what its buttons do. The page itself is made on the server. */
import { api, sentence } from '../app/api';
import { toast } from '../app/toast';

type Created = { id: number; revision: number };

export function startList(page: HTMLElement): void {
  const root = page.dataset.api ?? '';
  const open = (id: number): void => location.assign(`${page.dataset.home ?? ''}${id}/`);

  page.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>('button[data-act]');
    if (!button || button.disabled) return;
    void once(button, async () => {
      const { act, id = '', slug = '', name = '' } = button.dataset;
      if (act === 'duplicate') open((await api<Created>('POST', `${root}/${id}/duplicate`, {})).id);
      if (act === 'delete') await remove(root, id, name, button);
      if (act === 'copy-sample') open((await api<Created>('POST', `${root}/samples/${slug}`)).id);
      if (act === 'run-sample') {
        const made = await api<Created>('POST', `${root}/samples/${slug}`);
        await api('POST', `${root}/${made.id}/runs`, { revision: made.revision, mode: 'all', reuse: true });
        open(made.id);
      }
    });
  });

  const form = page.querySelector<HTMLFormElement>('form[data-new]');
  page.addEventListener('shown.bs.modal', () => form?.querySelector<HTMLInputElement>('input[name=name]')?.focus());
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = form.querySelector<HTMLButtonElement>('button[type=submit]');
    const field = form.querySelector<HTMLInputElement>('input[name=name]');
    const note = form.querySelector<HTMLElement>('[data-note]');
    if (!button || !field || button.disabled) return;
    field.classList.remove('is-invalid');
    void once(
      button,
      async () => open((await api<Created>('POST', root, { name: field.value.trim() || field.placeholder })).id),
      (why) => {
        field.classList.add('is-invalid');
        if (note) note.textContent = why;
        field.focus();
      },
    );
  });
}

/** A button that is already at work does not start again. */
async function once(
  button: HTMLButtonElement,
  act: () => Promise<void>,
  failed?: (why: string) => void,
): Promise<void> {
  button.disabled = true;
  button.classList.add('btn-loading');
  try {
    await act();
  } catch (error) {
    if (failed) failed(sentence(error));
    else toast(sentence(error), 'danger');
  } finally {
    button.disabled = false;
    button.classList.remove('btn-loading');
  }
}

/** Away at once, and back with one click. */
async function remove(root: string, id: string, name: string, button: HTMLButtonElement): Promise<void> {
  await api('DELETE', `${root}/${id}`);
  const row = button.closest<HTMLElement>('[data-row]');
  row?.setAttribute('hidden', '');
  const note = toast(`“${name}” is deleted.`, 'info');
  const undo = document.createElement('button');
  undo.type = 'button';
  undo.className = 'btn btn-sm';
  undo.textContent = 'Undo';
  undo.addEventListener('click', () => {
    void once(undo, async () => {
      await api('POST', `${root}/${id}/unarchive`);
      row?.removeAttribute('hidden');
      note.remove();
    });
  });
  note.querySelector('.toast-body')?.insertBefore(undo, note.querySelector('.btn-close'));
}
