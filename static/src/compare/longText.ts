/** A value too long for the table: whole, beside that of the base run. */

import { api, sentence } from '../app/api';
import { codeDiff } from '../code/diff';
import { h, icon, replace } from '../runs/dom';
import type { Row } from './rows';
import type { RunHead } from './wire';

export function openLong(workspace: string, row: Row, run: RunHead, base: RunHead): void {
  const body = h('div', { class: 'cmp-diff' }, h('p', { class: 'text-secondary' }, 'Reading …'));
  const dialog = h(
    'dialog',
    { class: 'studio-dialog cmp-wide-dialog', 'aria-labelledby': 'cmp-long-title' },
    h('div', { class: 'modal-header' }, h('h2', { id: 'cmp-long-title', class: 'modal-title studio-name' }, row.key), h('button', { type: 'button', class: 'btn-close', 'aria-label': 'Close', onclick: () => dialog.close() })),
    h('div', { class: 'modal-body' }, body),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  const ids = [...new Set([base.run_id, run.run_id])];
  api<{ values: Record<string, string> }>('GET', `/api/v1/w/${encodeURIComponent(workspace)}/runs/compare/text?runs=${ids.join(',')}&kind=${row.section}&key=${encodeURIComponent(row.key)}`)
    .then(({ values }) => {
      if (ids.length < 2) replace(body, h('pre', { class: 'cmp-text', tabindex: '0' }, values[run.run_id] ?? ''));
      else codeDiff(body, { left: values[base.run_id] ?? '', right: values[run.run_id] ?? '', language: '', titles: [`${base.name} (base)`, run.name] });
    })
    .catch((error: unknown) => replace(body, h('div', { class: 'alert alert-danger', role: 'alert' }, icon('alert-circle', 'me-1'), sentence(error))));
}
