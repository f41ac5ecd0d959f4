/** One upload until it is imported: what was found in the file, corrected by a person, then made a version. */

import { ApiError, api, sentence } from '../app/api';
import { bytes } from '../app/format';
import { toast } from '../app/toast';
import { showProgress } from './asset';
import { PreviewTable } from './correctTable';
import { h, icon, one } from './dom';
import {
  FORMATS,
  type Inspection,
  OPTIONS,
  type OptionName,
  type SeenColumn,
  type Upload,
  keepAfter,
  kindsAfter,
  nothingChosen,
  optionText,
  optionValue,
} from './inspection';

const LOOK_EVERY = 250;
const TYPING_PAUSE = 600;

export function startCorrection(root: HTMLElement): void {
  new Correction(root).begin();
}

class Correction {
  private readonly address: string;
  private readonly state: HTMLElement;
  private readonly main: HTMLElement;
  private readonly options: HTMLFormElement;
  private readonly table: PreviewTable;
  private upload: Upload | null = null;
  private round = 0;

  constructor(private readonly root: HTMLElement) {
    this.address = root.dataset.api ?? '';
    this.state = one(root, '[data-state]');
    this.main = one(root, '[data-inspected]');
    this.options = one<HTMLFormElement>(root, '[data-options]');
    this.table = new PreviewTable(
      root,
      (column, kind) => void this.change({ kinds: kindsAfter(this.upload?.options.kinds, column, kind) }),
      (column, keep) => this.keep(column, keep),
    );
  }

  begin(): void {
    this.listen();
    void this.follow();
  }

  private listen(): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const send = (field: HTMLInputElement | HTMLSelectElement): void => {
      clearTimeout(timer);
      this.sendOption(field);
    };
    this.options.addEventListener('submit', (event) => event.preventDefault());
    this.options.addEventListener('change', (event) => send(event.target as HTMLInputElement));
    this.options.addEventListener('input', (event) => {
      const field = event.target as HTMLInputElement;
      if (field.type !== 'text' && field.type !== 'number') return;
      clearTimeout(timer);
      timer = setTimeout(() => send(field), TYPING_PAUSE);
    });
    one(this.options, '[data-detect]').addEventListener('click', () => void this.change(nothingChosen()));
    const form = one<HTMLFormElement>(this.root, '[data-import]');
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.import(form);
    });
    const name = one<HTMLInputElement>(form, '[name="name"]');
    let hint: ReturnType<typeof setTimeout> | undefined;
    name.addEventListener('input', () => {
      clearTimeout(hint);
      hint = setTimeout(() => void this.sayVersion(name.value.trim()), 250);
    });
    void this.sayVersion(name.value.trim());
  }

  /** Look at the upload until nothing is under way any more. */
  private async follow(): Promise<void> {
    const round = (this.round += 1);
    for (;;) {
      try {
        const upload = await api<Upload>('GET', this.address);
        if (round !== this.round) return;
        this.upload = upload;
        this.show(upload);
        if (upload.status !== 'inspecting' && upload.status !== 'importing') return;
      } catch (error) {
        if (round !== this.round) return;
        if (error instanceof ApiError && error.status === 404) {
          this.say('danger', 'alert-circle', 'This upload is gone. It was imported or thrown away.');
          this.main.hidden = true;
          return;
        }
        this.say('warning', 'plug-x', `${sentence(error)} Trying again.`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      if (round !== this.round) return;
    }
  }

  private show(upload: Upload): void {
    const looking = upload.status === 'inspecting';
    one(this.options, '[data-looking]').hidden = !looking;
    switch (upload.status) {
      case 'receiving':
        this.main.hidden = true;
        this.say('warning', 'cloud-upload', `Only ${bytes(upload.received)} of ${bytes(upload.size)} are here. Choose the same file again to go on.`, 'Go on uploading', this.root.dataset.uploadPage);
        break;
      case 'inspecting':
        if (this.main.hidden) this.wait('Looking at the file');
        break;
      case 'refused':
        this.refused(upload);
        break;
      case 'inspected':
        if (upload.inspection) this.inspected(upload, upload.inspection);
        break;
      case 'importing':
        this.importing(upload);
        break;
      case 'imported':
        if (upload.importing) location.replace(this.assetPage(upload.importing.name));
        else this.say('success', 'check', 'This file has been imported.', 'All data', this.root.dataset.assetPages);
    }
  }

  private refused(upload: Upload): void {
    this.say('danger', 'alert-circle', upload.error?.message ?? 'The file cannot be read.');
    // With options chosen, another choice may help: the form stays. Without, only encoding and the like can.
    const before = upload.inspection ?? null;
    this.main.hidden = Object.keys(upload.options).length === 0 && !/encoding|unreadable|quote/.test(upload.error?.code ?? '');
    if (!before) this.fill(upload.options, null);
    this.enable(false);
  }

  private inspected(upload: Upload, found: Inspection): void {
    this.state.replaceChildren();
    if (upload.error) this.say('danger', 'alert-circle', `The import stopped. ${upload.error.message}`);
    this.main.hidden = false;
    this.fill({ ...found.options, ...upload.options }, found);
    const parts = [FORMATS[found.format], bytes(upload.size)];
    if (found.packing) parts.push(`packed with ${found.packing}`);
    one(this.options, '[data-facts]').textContent = parts.join(' · ');
    this.drawNotes(found);
    this.table.show(found);
    this.enable(!found.problems.some((problem) => problem.severity === 'error'));
  }

  private importing(upload: Upload): void {
    this.main.hidden = true;
    if (!this.state.querySelector('.progress')) {
      this.state.replaceChildren(
        h('div', { class: 'card' }, h('div', { class: 'card-body' },
          h('h2', { class: 'card-title text-break' }, `Importing as ${upload.importing?.name ?? ''}, version ${upload.importing?.number ?? ''}`),
          h('div', { class: 'progress mb-2', role: 'progressbar', 'aria-label': 'Import', 'aria-valuemin': 0, 'aria-valuemax': 100 }, h('div', { class: 'progress-bar' })),
          h('p', { class: 'text-secondary mb-0', 'data-message': '' }))),
      );
    }
    showProgress(this.state, upload.importing?.progress ?? {});
  }

  private drawNotes(found: Inspection): void {
    const list = (kind: string, name: string, title: string, lines: string[]): HTMLElement | null =>
      lines.length
        ? h('div', { class: `alert alert-${kind} mb-3`, role: kind === 'danger' ? 'alert' : 'note' }, h('div', {}, h('strong', {}, icon(name, 'me-1'), title), h('ul', { class: 'mb-0 ps-3' }, ...lines.map((line) => h('li', { class: 'text-break' }, line)))))
        : null;
    const stops = found.problems.filter((problem) => problem.severity === 'error').map((problem) => problem.message);
    const box = one(this.root, '[data-notes]');
    box.replaceChildren();
    for (const alert of [list('danger', 'alert-circle', 'In the way of the import', stops), list('info', 'info-circle', 'Good to know', found.notes)]) {
      if (alert) box.append(alert);
    }
  }

  /** The form as the file is read now; what a person is just typing stays. */
  private fill(options: Record<string, unknown>, found: Inspection | null): void {
    const format = found?.format ?? String(options.format ?? 'csv');
    for (const part of this.options.querySelectorAll<HTMLElement>('[data-for]')) {
      const wanted = (part.dataset.for ?? '').split(' ');
      part.hidden = !(wanted.includes(format) || (wanted.includes('zip') && (found?.members.length ?? 0) > 1));
    }
    if (found) {
      choices(one<HTMLSelectElement>(this.options, '[name="member"]'), found.members);
      choices(one<HTMLSelectElement>(this.options, '[name="sheet"]'), found.sheets);
    }
    for (const name of OPTIONS) {
      const field = one<HTMLInputElement | HTMLSelectElement>(this.options, `[name="${name}"]`);
      if (field === document.activeElement && field instanceof HTMLInputElement && field.type !== 'checkbox') continue;
      const value = options[name];
      if (value === undefined && name !== 'day_first') continue;
      if (field instanceof HTMLInputElement && field.type === 'checkbox') field.checked = value === true;
      else if (name === 'separator') this.fillSeparator(field as HTMLSelectElement, String(value));
      else {
        const text = optionText(name, value);
        if (field instanceof HTMLSelectElement && ![...field.options].some((option) => option.value === text)) {
          field.append(h('option', { value: text }, text));
        }
        field.value = text;
      }
    }
  }

  private fillSeparator(select: HTMLSelectElement, value: string): void {
    const other = one<HTMLInputElement>(this.options, '[name="separator-other"]');
    const listed = [...select.options].some((option) => option.value === value);
    select.value = listed ? value : 'other';
    other.hidden = listed;
    if (!listed && other !== document.activeElement) other.value = value;
  }

  private sendOption(field: HTMLInputElement | HTMLSelectElement): void {
    if (field.name === 'separator' && field.value === 'other') {
      const other = one<HTMLInputElement>(this.options, '[name="separator-other"]');
      other.hidden = false;
      other.focus();
      return;
    }
    const name = (field.name === 'separator-other' ? 'separator' : field.name) as OptionName;
    if (!OPTIONS.includes(name)) return;
    const value = optionValue(name, field.value, field instanceof HTMLInputElement && field.checked);
    if (value !== undefined) void this.change({ [name]: value });
  }

  private keep(column: SeenColumn, keep: boolean): void {
    const columns = this.upload?.inspection?.columns ?? [];
    const kept = keepAfter(columns, column.name, keep);
    if (kept?.length === 0) {
      toast('Keep at least one column.', 'warning');
      if (this.upload?.inspection) this.table.show(this.upload.inspection);
      return;
    }
    void this.change({ keep: kept });
  }

  private async change(changes: Record<string, unknown>): Promise<void> {
    one(this.options, '[data-looking]').hidden = false;
    this.enable(false);
    this.round += 1; // what is being asked just now is old
    try {
      await api('PATCH', `${this.address}/options`, changes);
    } catch (error) {
      toast(sentence(error), 'danger');
    }
    await this.follow();
  }

  private async import(form: HTMLFormElement): Promise<void> {
    const given = new FormData(form);
    this.enable(false);
    try {
      await api('POST', `${this.address}/import`, { name: given.get('name'), description: given.get('description') });
      this.wait('Waiting for a free slot');
      await this.follow();
    } catch (error) {
      toast(sentence(error), 'danger');
      this.enable(true);
      if (error instanceof ApiError && error.code === 'bad-name') one<HTMLInputElement>(form, '[name="name"]').focus();
    }
  }

  private async sayVersion(name: string): Promise<void> {
    const hint = one(this.root, '[data-version-hint]');
    if (!name) {
      hint.textContent = 'Give the data a name.';
      return;
    }
    try {
      const found = await api<{ results: { name: string; newest: { number: number } | null }[] }>('GET', `${this.root.dataset.assetsApi}?page_size=200&q=${encodeURIComponent(name)}`);
      const asset = found.results.find((one) => one.name === name);
      hint.textContent = asset ? `Becomes version ${(asset.newest?.number ?? 0) + 1}; the versions before it stay.` : 'New data, version 1.';
    } catch {
      hint.textContent = '';
    }
  }

  private enable(on: boolean): void {
    one<HTMLButtonElement>(this.root, '[data-go]').disabled = !on;
  }

  private wait(words: string): void {
    this.state.replaceChildren(h('div', { class: 'card' }, h('div', { class: 'card-body' }, h('span', { class: 'spinner-border spinner-border-sm me-2', 'aria-hidden': 'true' }), words)));
  }

  private say(kind: string, name: string, words: string, action = '', href: string | undefined = undefined): void {
    this.state.replaceChildren(
      h('div', { class: `alert alert-${kind}`, role: 'alert' }, h('div', { class: 'd-flex align-items-center gap-2 w-100' }, icon(name, 'fs-2'), h('div', { class: 'text-break flex-fill' }, words), href ? h('a', { class: 'btn btn-sm', href }, action) : null)),
    );
  }

  private assetPage(name: string): string {
    return `${this.root.dataset.assetPages}${encodeURIComponent(name)}/`;
  }
}

function choices(select: HTMLSelectElement, values: string[]): void {
  if ([...select.options].map((option) => option.value).join('\n') === values.join('\n')) return;
  select.replaceChildren(...values.map((value) => h('option', { value }, value)));
}
