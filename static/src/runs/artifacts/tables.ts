/** Tables that were logged: one chosen on the left, its rows by the page on the right. */

import { sentence } from '../../app/api';
import { bytes } from '../../app/format';
import { mountGrid, type Grid } from '../../data/grid';
import { remember, remembered } from '../address';
import { empty, h, icon, replace } from '../dom';
import type { Files } from './files';

export function tablesView(files: Files): { element: HTMLElement; refresh: () => void } {
  const list = h('div', { class: 'list-group list-group-flush studio-outputs-list' });
  const viewer = h('div', { class: 'studio-output' });
  const element = h('div', { class: 'studio-outputs' }, h('nav', { class: 'card', 'aria-label': 'Tables' }, list), viewer);
  let chosen = remembered('table');
  let shown = '';
  let grid: Grid | null = null;
  let signature = '';

  const read = async (): Promise<void> => {
    try {
      const found = await files.find('table');
      if (JSON.stringify(found) === signature) return;
      signature = JSON.stringify(found);
      if (!found.files.some((file) => file.path === chosen)) chosen = found.files[0]?.path ?? '';
      replace(list, ...(found.files.length ? found.files.map(item) : [empty('No tables yet', 'mlflow.log_table, and files that end in .csv, .tsv or .parquet, appear here.')]));
      const size = found.files.find((file) => file.path === chosen)?.size;
      if (chosen) open(`${chosen} ${size}`);
    } catch (error) {
      if (!signature) replace(list, h('div', { class: 'alert alert-danger m-2', role: 'alert' }, sentence(error)));
    }
  };

  const item = (file: { path: string; size: number }): HTMLElement =>
    h(
      'button',
      {
        type: 'button',
        class: `list-group-item list-group-item-action d-flex gap-2 py-2 ${file.path === chosen ? 'active' : ''}`,
        'aria-current': file.path === chosen ? 'true' : undefined,
        'data-table': file.path,
        onclick: () => {
          chosen = file.path;
          remember('table', chosen);
          for (const button of list.querySelectorAll<HTMLElement>('[data-table]')) {
            button.classList.toggle('active', button.dataset.table === chosen);
            if (button.dataset.table === chosen) button.setAttribute('aria-current', 'true');
            else button.removeAttribute('aria-current');
          }
          open(`${chosen} ${file.size}`);
        },
      },
      icon('table', 'mt-1'),
      h('span', { class: 'flex-fill text-break' }, file.path, h('span', { class: 'd-block small text-secondary' }, bytes(file.size))),
    );

  const open = (version: string): void => {
    // A table that has been logged again has other rows.
    if (version === shown) return;
    shown = version;
    grid?.destroy();
    const body = h('div', { class: 'studio-output-grid' });
    replace(
      viewer,
      h('section', { class: 'card', 'aria-label': chosen }, h('div', { class: 'card-header gap-2' }, h('h2', { class: 'card-title studio-name flex-fill' }, chosen), h('a', { class: 'btn btn-sm', href: files.raw(chosen, true), download: true }, icon('download', 'me-1'), 'Download')), body),
    );
    grid = mountGrid(body, { rowsUrl: files.rows(chosen), label: chosen });
  };

  void read();
  return { element, refresh: () => void read() };
}
