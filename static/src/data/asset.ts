/** The page of one asset: its rows, its versions, and its name, description and tags. */

import { api, sentence } from '../app/api';
import { toast } from '../app/toast';
import { one } from './dom';
import { splitValues } from './gridModel';
import { mountGrid } from './grid';

interface Version {
  status: string;
  progress: { done?: number; total?: number; message?: string };
}

const LOOK_EVERY = 500;

export function startAsset(root: HTMLElement): void {
  const grid = root.querySelector<HTMLElement>('[data-grid]');
  if (grid) {
    mountGrid(grid, {
      rowsUrl: grid.dataset.rows ?? '',
      profileUrl: grid.dataset.profile,
      label: grid.dataset.label,
      remember: true,
    });
  }
  const importing = root.querySelector<HTMLElement>('[data-importing]');
  if (importing) void watch(importing, root.dataset.pages ?? '/');
  const dialog = root.querySelector<HTMLDialogElement>('#edit-asset');
  if (dialog) startEditing(root, dialog);
}

/** Until the version is there; then the page is drawn anew. A failed one leaves nothing to look at. */
async function watch(box: HTMLElement, pages: string): Promise<void> {
  for (;;) {
    try {
      const version = await api<Version>('GET', box.dataset.importing ?? '');
      if (version.status !== 'importing') break;
      showProgress(box, version.progress);
    } catch (error) {
      if (error instanceof Error && 'status' in error && error.status === 404) {
        toast('The import failed. The upload says why.', 'danger');
        setTimeout(() => location.assign(pages), 2500);
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
  location.reload();
}

export function showProgress(box: HTMLElement, progress: Version['progress']): void {
  const share = progress.total ? Math.round((100 * (progress.done ?? 0)) / progress.total) : 0;
  one<HTMLElement>(box, '.progress-bar').style.width = `${share}%`;
  one(box, '.progress').setAttribute('aria-valuenow', String(share));
  one(box, '[data-message]').textContent = progress.message || 'Working';
}

function startEditing(root: HTMLElement, dialog: HTMLDialogElement): void {
  const address = root.dataset.api ?? '';
  const pages = root.dataset.pages ?? '/';
  for (const opener of document.querySelectorAll('[data-edit="#edit-asset"]')) {
    opener.addEventListener('click', () => dialog.showModal());
  }
  one(dialog, '[data-close]').addEventListener('click', () => dialog.close());
  const form = one<HTMLFormElement>(dialog, '[data-edit-form]');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const body = {
      name: given.get('name'),
      description: given.get('description'),
      tags: splitValues(String(given.get('tags') ?? '')),
    };
    api<{ name: string }>('PATCH', address, body)
      .then((asset) => location.assign(`${pages}${encodeURIComponent(asset.name)}/`))
      .catch((error: unknown) => toast(sentence(error), 'danger'));
  });
  one(dialog, '[data-delete]').addEventListener('click', () => {
    const sure = 'Delete this data with all its versions? It goes out of every list, and pipelines no longer find it. Runs that used it still show it, and an upload to its name brings it back.';
    if (!window.confirm(sure)) return;
    api('DELETE', address)
      .then(() => location.assign(pages))
      .catch((error: unknown) => toast(sentence(error), 'danger'));
  });
}
