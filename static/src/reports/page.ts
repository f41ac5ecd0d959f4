/** One report: reading it, and writing it with what readers see beside it. */

import { api, sentence } from '../app/api';
import { toast } from '../app/toast';
import { subscribe } from '../live/news';
import { h } from '../runs/dom';
import { shareDialog, versionsDialog } from './dialogs';
import type { Drawn } from './figure';
import { reading } from './reading';
import { Saver, type SaveState } from './saving';

interface PageData { id: number; title: string; body: string; revision: number; mayEdit: boolean; hasLink: boolean }

/** Runs that write many values a second do not make the report ask as often. */
const ASK_EVERY = 5000;
const PREVIEW_PAUSE = 250;

export function startPage(root: HTMLElement): void {
  const data = JSON.parse(document.getElementById('report-page')?.textContent ?? 'null') as PageData;
  document.querySelector('[data-print]')?.addEventListener('click', () => window.print());
  const place = root.querySelector<HTMLElement>('[data-reading]')!;
  if (root.hasAttribute('data-shared')) {
    const here = location.pathname.replace(/\/$/, '');
    const shown = reading(place, (block) => api<Drawn>('GET', `${here}/blocks/${block.number}`), null);
    shown.show(data.body);
    setInterval(() => document.visibilityState === 'visible' && shown.refresh(), 60_000);
    return;
  }
  const home = `/w/${encodeURIComponent(root.dataset.workspace ?? '')}`;
  const address = `/api/v1${home}/reports/${data.id}`;
  const shown = reading(place, (block) => api<Drawn>('POST', `/api/v1${home}/reports/draw`, { text: block.text }), (id) => `${home}/runs/${id}/`);
  shown.show(data.body);
  listen(root.dataset.workspace ?? '', shown.refresh);
  if (data.mayEdit) startWriting(root, data, address, shown.show);
}

/** Asked again when runs of the workspace have moved, at most every few seconds, and when the window is looked at. */
function listen(workspace: string, refresh: () => void): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      if (document.visibilityState === 'visible') refresh();
    }, ASK_EVERY);
  };
  subscribe('workspace', workspace, 0, (news) => {
    if (news.type !== 'error') soon();
  });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && refresh());
}

function startWriting(root: HTMLElement, data: PageData, address: string, show: (body: string) => void): void {
  const mark = document.querySelector<HTMLElement>('[data-saved]')!;
  const heading = document.querySelector<HTMLElement>('[data-report-title]')!;
  const button = document.querySelector<HTMLButtonElement>('[data-edit]')!;
  const place = root.querySelector<HTMLElement>('[data-editor]')!;
  const saver = new Saver(address, data.revision, { title: data.title, body: data.body }, (state) => said(mark, state));
  let body = data.body;
  let editing = false;
  let made = false;

  async function edit(on: boolean): Promise<void> {
    editing = on;
    if (on && !made) {
      made = true;
      // Readers do not load the editor.
      const { editor } = await import('./editor');
      let waiting: ReturnType<typeof setTimeout> | undefined;
      const text = editor(body, (next) => {
        body = next;
        saver.change({ body });
        clearTimeout(waiting);
        waiting = setTimeout(() => show(body), PREVIEW_PAUSE);
      });
      const title = h('input', { class: 'form-control form-control-lg mb-2', value: data.title, maxlength: '200', 'aria-label': 'Title of the report' });
      title.addEventListener('input', () => {
        saver.change({ title: title.value });
        if (title.value.trim()) heading.textContent = title.value;
      });
      place.append(title, text.element);
      if (!body) text.focus();
    }
    if (!on) await saver.flush();
    place.hidden = !on;
    root.classList.toggle('is-editing', on);
    button.querySelector('span')!.textContent = on ? 'Done' : 'Edit';
    button.querySelector('i')!.className = `ti ti-${on ? 'check' : 'pencil'} me-1`;
    const url = new URL(location.href);
    if (on) url.searchParams.set('edit', '1');
    else url.searchParams.delete('edit');
    history.replaceState(null, '', url);
  }

  button.addEventListener('click', () => void edit(!editing));
  if (new URL(location.href).searchParams.has('edit') || !data.body) void edit(true);

  document.querySelector('[data-share]')?.addEventListener('click', () => shareDialog(address, data.hasLink, (has) => (data.hasLink = has)));
  document.querySelector('[data-versions]')?.addEventListener('click', () => {
    void saver.flush().then(() =>
      versionsDialog(address, async (version) => {
        await api('POST', `${address}/versions`, { revision: saver.revisionNow, version });
        location.reload();
      }),
    );
  });
  window.addEventListener('beforeunload', (event) => {
    if (saver.isDirty) event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's' && editing) {
      event.preventDefault();
      saver.flush().catch((error: unknown) => toast(sentence(error), 'danger'));
    }
  });
}

function said(mark: HTMLElement, state: SaveState): void {
  const words = { saved: 'Saved', waiting: 'Not saved yet', saving: 'Saving …', failed: 'Not saved', stale: 'Not saved' }[state.kind];
  if (mark.textContent !== words) mark.textContent = words;
  mark.classList.toggle('text-danger', state.kind === 'failed' || state.kind === 'stale');
  mark.title = 'why' in state ? state.why : '';
  if (state.kind === 'stale') toast(state.why, 'danger');
}
