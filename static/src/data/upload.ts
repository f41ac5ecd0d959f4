/** The upload page: files dropped or chosen, one after the other, each with its bar. */

import { api, sentence } from '../app/api';
import { bytes } from '../app/format';
import { h, icon, one } from './dom';
import { type Progress, Transfer, type UploadRecord, browserWire, remaining } from './transfer';

interface Job {
  file: File;
  row: TransferRow;
}

/** Which file an unfinished upload was made from: the browser forgets it with the page. */
const remembered = (id: string): string => `atelier-upload-${id}`;

export function startUpload(root: HTMLElement): void {
  const address = root.dataset.api ?? '';
  const input = one<HTMLInputElement>(root, '[data-files]');
  const drop = one(root, '[data-drop]');
  const list = one(root, '[data-transfers]');
  const waiting: Job[] = [];
  let busy = false;
  let several = false;

  const add = (files: File[]): void => {
    several = several || files.length > 1 || waiting.length > 0 || busy;
    for (const file of files) {
      const row = new TransferRow(file);
      list.append(row.element);
      waiting.push({ file, row });
    }
    void work();
  };
  const work = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const id = await carry(address, job);
      if (!id) continue;
      const next = `${root.dataset.pages}${id}/${root.dataset.name ? `?name=${encodeURIComponent(root.dataset.name)}` : ''}`;
      job.row.done(next);
      if (!several && !waiting.length) {
        busy = false;
        location.assign(next);
        return;
      }
    }
    busy = false;
  };

  input.addEventListener('change', () => {
    add([...(input.files ?? [])]);
    input.value = '';
  });
  acceptDrops(document.body, drop, add);
  window.addEventListener('beforeunload', (event) => {
    if (busy) event.preventDefault();
  });
}

/** Files may be dropped anywhere on the page; the target shows that it is ready. */
export function acceptDrops(page: HTMLElement, target: HTMLElement | null, take: (files: File[]) => void): void {
  let inside = 0;
  const mark = (change: number): void => {
    inside = Math.max(0, inside + change);
    target?.classList.toggle('data-drop-ready', inside > 0);
  };
  const hasFiles = (event: DragEvent): boolean => [...(event.dataTransfer?.types ?? [])].includes('Files');
  page.addEventListener('dragenter', (event) => hasFiles(event) && mark(1));
  page.addEventListener('dragleave', (event) => hasFiles(event) && mark(-1));
  page.addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  page.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    inside = 0;
    mark(0);
    take([...(event.dataTransfer?.files ?? [])]);
  });
}

async function carry(address: string, { file, row }: Job): Promise<string | null> {
  if (!file.size) {
    row.fail(`${file.name} is empty.`);
    return null;
  }
  if (row.cancelled) return null;
  try {
    const resume = await unfinished(address, file);
    const transfer = new Transfer(file, browserWire(address, file), (progress) => {
      if (transfer.id) localStorage.setItem(remembered(transfer.id), print(file));
      row.show(progress);
    });
    row.onCancel = () => transfer.cancel();
    const id = await transfer.run(resume).catch(async (error: unknown) => {
      if (row.cancelled && transfer.id) await api('DELETE', `${address}/${transfer.id}`).catch(() => undefined);
      throw error;
    });
    localStorage.removeItem(remembered(id));
    return id;
  } catch (error) {
    if (row.cancelled) row.gone();
    else row.fail(sentence(error));
    return null;
  }
}

/** An upload of the same file that was broken off: to be gone on with. */
async function unfinished(address: string, file: File): Promise<UploadRecord | undefined> {
  for (const open of document.querySelectorAll<HTMLElement>('[data-open-upload][data-status="receiving"]')) {
    if (open.dataset.filename !== file.name || Number(open.dataset.size) !== file.size) continue;
    const id = open.dataset.openUpload ?? '';
    const before = localStorage.getItem(remembered(id));
    // The same name and length, changed since: its halves would not belong together.
    if (before !== null && before !== print(file)) continue;
    const found = await api<UploadRecord>('GET', `${address}/${id}`).catch(() => undefined);
    if (found?.status !== 'receiving') continue;
    open.remove();
    return found;
  }
  return undefined;
}

function print(file: File): string {
  return `${file.name} ${file.size} ${file.lastModified}`;
}

class TransferRow {
  readonly element: HTMLElement;
  cancelled = false;
  onCancel: () => void = () => this.gone();
  private readonly bar = h('div', { class: 'progress-bar' });
  private readonly progress = h('div', { class: 'progress', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100 }, this.bar);
  private readonly said = h('div', { class: 'text-secondary small' }, 'Waiting');
  private readonly button: HTMLButtonElement;

  constructor(file: File) {
    this.progress.setAttribute('aria-label', `Upload of ${file.name}`);
    this.button = h('button', { type: 'button', class: 'btn btn-sm', 'aria-label': `Cancel the upload of ${file.name}`, click: () => this.cancel() }, 'Cancel');
    this.element = h(
      'div',
      { class: 'card mb-2' },
      h('div', { class: 'card-body data-transfer' }, icon('file-upload', 'fs-2'),
        h('div', { class: 'min-w-0 flex-fill' }, h('div', { class: 'fw-medium text-break' }, file.name), this.progress, this.said), this.button),
    );
  }

  show(progress: Progress): void {
    const share = Math.floor((100 * progress.sent) / progress.size);
    this.bar.style.width = `${share}%`;
    this.progress.setAttribute('aria-valuenow', String(share));
    this.said.classList.toggle('text-warning', progress.trouble !== '');
    const parts = [`${bytes(progress.sent)} of ${bytes(progress.size)}`, `${share} %`];
    if (progress.rate) parts.push(`${bytes(progress.rate)} a second`);
    const left = remaining(progress);
    if (left) parts.push(left);
    this.said.textContent = progress.trouble || parts.join(' · ');
  }

  done(next: string): void {
    this.bar.style.width = '100%';
    this.said.textContent = 'All of it is here.';
    this.button.replaceWith(h('a', { class: 'btn btn-sm btn-primary', href: next }, 'Check and import'));
  }

  fail(message: string): void {
    this.said.className = 'text-danger small';
    this.said.setAttribute('role', 'alert');
    this.said.textContent = message;
    this.button.textContent = 'Close';
    this.button.setAttribute('aria-label', 'Close');
    this.onCancel = () => this.gone();
  }

  gone(): void {
    this.element.remove();
  }

  private cancel(): void {
    this.cancelled = true;
    this.onCancel();
  }
}
