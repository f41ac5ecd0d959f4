/** One picture over the page; the arrows lead to its neighbours. */

import { h, icon, replace } from '../dom';

export interface Shown {
  address: string;
  download: string;
  title: string;
}

export function lightbox(all: readonly Shown[], start: number): void {
  let at = start;
  const image = h('img', { class: 'studio-lightbox-image' });
  const title = h('div', { class: 'flex-fill studio-name', id: 'lightbox-title', 'aria-live': 'polite' });
  const save = h('a', { class: 'btn btn-icon', download: true, title: 'Download', 'aria-label': 'Download the picture' }, icon('download'));
  const step = (by: number): void => {
    at = (at + by + all.length) % all.length;
    show();
  };
  const one = (name: string, label: string, act: () => void): HTMLElement => h('button', { type: 'button', class: 'btn btn-icon', title: label, 'aria-label': label, onclick: act }, icon(name));
  const dialog = h(
    'dialog',
    { class: 'studio-lightbox', 'aria-labelledby': 'lightbox-title' },
    h(
      'div',
      { class: 'studio-lightbox-bar' },
      title,
      all.length > 1 && one('chevron-left', 'Previous picture', () => step(-1)),
      all.length > 1 && one('chevron-right', 'Next picture', () => step(1)),
      one('zoom-in', 'Show it in its own size', () => image.classList.toggle('is-whole')),
      save,
      one('x', 'Close', () => dialog.close()),
    ),
    h('div', { class: 'studio-lightbox-body' }, image),
  );
  const show = (): void => {
    const now = all[at];
    image.src = now.address;
    image.alt = now.title;
    save.href = now.download;
    replace(title, all.length > 1 ? `${now.title} · ${at + 1} of ${all.length}` : now.title);
  };
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowLeft') step(-1);
    else if (event.key === 'ArrowRight') step(1);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog || (event.target as Element).classList.contains('studio-lightbox-body')) dialog.close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  show();
  dialog.showModal();
}
