/** The data area: each part starts where its page has the place for it. */

import './data.css';

import { api, sentence } from '../app/api';
import { toast } from '../app/toast';
import { startAsset } from './asset';
import { startCorrection } from './correct';
import { acceptDrops, startUpload } from './upload';

const begin = (id: string, start: (root: HTMLElement) => void): void => {
  const root = document.getElementById(id);
  if (root) start(root);
};

begin('upload', startUpload);
begin('correct', startCorrection);
begin('asset', startAsset);

for (const button of document.querySelectorAll<HTMLElement>('[data-discard]')) {
  button.addEventListener('click', () => {
    if (!window.confirm('Throw this upload away?')) return;
    api('DELETE', button.dataset.discard ?? '')
      .then(() => {
        if (button.dataset.then) location.assign(button.dataset.then);
        else button.closest('[data-open-upload]')?.remove();
      })
      .catch((error: unknown) => toast(sentence(error), 'danger'));
  });
}

const elsewhere = document.querySelector<HTMLElement>('[data-drop-anywhere]');
if (elsewhere) {
  // A file cannot be carried to another page: say where it is to be dropped instead of opening it in the browser.
  acceptDrops(document.body, null, () => {
    toast('Drop the file on the upload page, which opens now.', 'info');
    setTimeout(() => location.assign(elsewhere.dataset.dropAnywhere ?? ''), 1200);
  });
}
