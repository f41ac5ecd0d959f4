/** Adding runs: a search over the names of the workspace's runs. */

import { api, sentence } from '../app/api';
import { ago } from '../app/format';
import { h, icon, replace } from '../runs/dom';
import { stateBadge, type Status } from '../runs/states';

interface Found {
  run_id: string;
  name: string;
  status: Status;
  source: string;
  created_at: string;
}

const PAUSE = 200;

export function picker(workspace: string, taken: () => readonly string[], add: (id: string) => void): { open: () => void; form: () => HTMLElement } {
  const form = (): HTMLElement => {
    const search = h('input', { type: 'search', class: 'form-control', placeholder: 'Name, source or id of a run', 'aria-label': 'Search runs to add' });
    const list = h('div', { class: 'list-group list-group-flush cmp-picked', 'aria-live': 'polite' });
    let asked = 0;
    const read = async (): Promise<void> => {
      const mine = (asked += 1);
      try {
        const found = await api<{ results: Found[] }>('GET', `/api/v1/w/${encodeURIComponent(workspace)}/runs?q=${encodeURIComponent(search.value.trim())}`);
        if (mine !== asked) return;
        replace(list, ...(found.results.length ? found.results.map(item) : [h('p', { class: 'text-secondary m-3' }, 'No run fits. Archived runs can be added by their address.')]));
      } catch (error) {
        if (mine === asked) replace(list, h('div', { class: 'alert alert-danger m-2', role: 'alert' }, sentence(error)));
      }
    };
    const item = (run: Found): HTMLElement => {
      const there = taken().includes(run.run_id);
      const button = h(
        'button',
        {
          type: 'button', class: 'list-group-item list-group-item-action d-flex gap-2 align-items-center', disabled: there, 'data-add': run.run_id,
          onclick: () => {
            add(run.run_id);
            button.disabled = true;
            replace(mark, icon('check', 'me-1'), 'Added');
          },
        }, // prettier-ignore
        h('span', { class: 'flex-fill min-w-0' }, h('span', { class: 'd-block text-break fw-medium' }, run.name), h('span', { class: 'd-block small text-secondary text-break' }, [run.source, ago(run.created_at)].filter(Boolean).join(' · '))),
        stateBadge(run.status),
      );
      const mark = h('span', { class: 'small text-secondary text-nowrap' }, there ? icon('check', 'me-1') : icon('plus', 'me-1'), there ? 'Added' : 'Add');
      button.append(mark);
      return button;
    };
    let timer: ReturnType<typeof setTimeout>;
    search.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => void read(), PAUSE);
    });
    void read();
    return h('div', {}, search, list);
  };
  const open = (): void => {
    const close = h('button', { type: 'button', class: 'btn btn-primary', onclick: () => dialog.close() }, 'Done');
    const dialog = h(
      'dialog',
      { class: 'studio-dialog', 'aria-labelledby': 'cmp-add-title' },
      h('div', { class: 'modal-body' }, h('h2', { id: 'cmp-add-title', class: 'fs-2' }, 'Add runs'), form()),
      h('div', { class: 'modal-footer' }, close),
    );
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('input')?.focus();
  };
  return { open, form };
}
