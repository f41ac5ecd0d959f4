/** One file, shown as what it is. */

import { markdown } from '../../app/markdown';
import { bytes } from '../../app/format';
import { mountGrid } from '../../data/grid';
import { h, icon, replace } from '../dom';
import { showCode } from './code';
import type { Files, Preview } from './files';
import { lightbox } from './lightbox';
import { notebookView } from './notebook';
import { sandbox } from './sandbox';

/** Gives the function that takes it away. */
export async function viewFile(body: HTMLElement, seen: Preview, files: Files): Promise<() => void> {
  const address = files.raw(seen.path);
  body.className = 'card-body';
  switch (seen.kind) {
    case 'image':
    case 'svg': {
      const shown = { address, download: files.raw(seen.path, true), title: seen.path };
      const image = h('img', { src: address, alt: seen.name, class: 'mw-100' });
      image.addEventListener('error', () => replace(body, nothing(seen, 'This picture cannot be drawn. Download it to look inside.')));
      replace(body, h('button', { type: 'button', class: 'studio-picture is-large', 'aria-label': `Enlarge ${seen.name}`, onclick: () => lightbox([shown], 0) }, image));
      return () => {};
    }
    case 'audio':
    case 'video':
      replace(body, h(seen.kind, { src: address, controls: true, class: 'mw-100', 'aria-label': seen.name }));
      return () => {};
    case 'html':
      replace(body, h('p', { class: 'text-secondary small mb-2' }, icon('shield-lock', 'me-1'), 'This page runs in a frame of its own: it sees nothing of the studio, and nothing it asks of other servers is loaded.'), sandbox({ address, label: seen.name }));
      return () => {};
    case 'table': {
      body.className = 'studio-output-grid';
      const grid = mountGrid(body, { rowsUrl: files.rows(seen.path), label: seen.name });
      return () => grid.destroy();
    }
    case 'notebook':
      if (seen.truncated) {
        replace(body, nothing(seen, 'This notebook is too large to be shown here. Download it.'));
        return () => {};
      }
      replace(body, notebookView(seen.text ?? ''));
      return () => {};
    case 'markdown':
      return eitherWay(body, seen, () => {
        const made = h('div', { class: 'studio-markdown studio-name' });
        made.append(markdown(seen.text ?? ''));
        return made;
      });
    case 'json':
    case 'text':
      return text(body, seen, pretty(seen));
    default:
      replace(body, nothing(seen, seen.kind === 'pdf' ? 'A PDF document: download it to read it.' : 'There is nothing to show of it here; download it to look inside.'));
      return () => {};
  }
}

async function text(body: HTMLElement, seen: Preview, content: string): Promise<() => void> {
  if (!content) {
    replace(body, h('p', { class: 'text-secondary m-0' }, 'This file is empty.'));
    return () => {};
  }
  const place = h('div', { class: 'studio-code' });
  replace(body, seen.truncated && h('p', { class: 'text-warning small' }, `The first ${bytes(content.length)} of ${bytes(seen.size)} are shown; download the file for all of it.`), place);
  const view = await showCode(place, content, seen.language, seen.name);
  return view.stop;
}

/** Rendered first, its source at a click. */
async function eitherWay(body: HTMLElement, seen: Preview, render: () => HTMLElement): Promise<() => void> {
  let stop: () => void = () => {};
  const place = h('div');
  const source = h('button', { type: 'button', class: 'btn btn-sm', 'aria-pressed': 'false' }, 'Source');
  source.addEventListener('click', () => {
    const now = source.getAttribute('aria-pressed') !== 'true';
    source.setAttribute('aria-pressed', String(now));
    source.classList.toggle('active', now);
    stop();
    stop = () => {};
    if (!now) replace(place, render());
    else void showCode(place, seen.text ?? '', 'markdown', seen.name).then((view) => (stop = view.stop));
  });
  replace(body, h('div', { class: 'text-end mb-2' }, source), place);
  replace(place, render());
  return () => stop();
}

/** JSON that a program wrote on one line, so that a person can read it. */
function pretty(seen: Preview): string {
  const content = seen.text ?? '';
  if (seen.kind !== 'json' || seen.truncated || content.trim().includes('\n')) return content;
  try {
    return JSON.stringify(JSON.parse(content), null, 2);
  } catch {
    return content;
  }
}

function nothing(seen: Preview, words: string): HTMLElement {
  return h('div', { class: 'studio-empty' }, icon('file'), h('p', {}, `${words} It has ${bytes(seen.size)}.`));
}
