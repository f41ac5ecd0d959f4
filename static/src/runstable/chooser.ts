/** Which experiments are shown: all, one or several; making, renaming, deleting and restoring them. */

import { api as send, sentence } from '../app/api';
import { toast } from '../app/toast';
import { h, icon } from '../runs/dom';
import { askText, menu, popover } from './popover';
import type { Experiment, RunsApi } from './query';
import { takeIn } from './takingIn';

const PAUSE = 150;

export interface ChooserOptions {
  api: RunsApi;
  mayEdit: boolean;
  chosen(): string[];
  changed(experiments: string[]): void;
  /** A name or a number has changed: what stands in rows is read again. */
  touched(): void;
}

export class Chooser {
  readonly button: HTMLButtonElement;
  private readonly words = h('span', { class: 'text-truncate' }, 'All experiments');
  private readonly names = new Map<string, string>();
  private readonly list = h('div', { class: 'rt-options rt-experiments', role: 'group', 'aria-label': 'Experiments' });
  private search = h('input', {});
  private deleted = false;
  private stop = new AbortController();

  constructor(private readonly o: ChooserOptions) {
    this.button = h('button', { type: 'button', class: 'btn btn-sm rt-chooser', 'aria-haspopup': 'dialog', 'aria-label': 'Experiments', click: () => this.open() }, icon('flask', 'me-1'), this.words, icon('chevron-down', 'ms-1'));
  }

  /** Say which are chosen; names that are not known yet are asked for. */
  async show(): Promise<void> {
    const chosen = this.o.chosen();
    if (chosen.some((id) => !this.names.has(id))) {
      try {
        await this.read('', new AbortController().signal);
      } catch {
        // The numbers stand in for the names until the list is opened.
      }
    }
    const first = chosen[0];
    this.words.textContent = first === undefined ? 'All experiments' : chosen.length === 1 ? (this.names.get(first) ?? `Experiment ${first}`) : `${chosen.length} experiments`;
    this.button.title = chosen.map((id) => this.names.get(id) ?? id).join(', ');
  }

  private open(): void {
    popover(this.button, 'Experiments', (close) => {
      this.search = h('input', { type: 'search', class: 'form-control form-control-sm', placeholder: 'Search experiments', 'aria-label': 'Search experiments', autofocus: true });
      let timer: ReturnType<typeof setTimeout> | undefined;
      this.search.addEventListener('input', () => {
        clearTimeout(timer);
        timer = setTimeout(() => void this.draw(), PAUSE);
      });
      this.deleted = false;
      const bin = h('input', { type: 'checkbox', class: 'form-check-input', change: () => {
        this.deleted = bin.checked;
        void this.draw();
      } });
      const all = h('button', { type: 'button', class: 'dropdown-item', click: () => {
        close();
        this.o.changed([]);
      } }, icon('stack-2', 'rt-menu-icon'), 'All experiments');
      void this.draw();
      return h('div', { class: 'rt-picker' }, this.search, all, this.list,
        h('div', { class: 'rt-chooser-foot' },
          h('label', { class: 'form-check mb-0' }, bin, h('span', { class: 'form-check-label' }, 'Deleted ones')),
          this.o.mayEdit ? h('button', { type: 'button', class: 'btn btn-sm', click: () => {
            close();
            this.create();
          } }, icon('plus', 'me-1'), 'New') : null,
          this.o.mayEdit ? h('button', { type: 'button', class: 'btn btn-sm', title: 'Take in an experiment that was downloaded as a zip, here or from another studio', click: () => {
            close();
            takeIn(this.o.api);
          } }, icon('package-import', 'me-1'), 'Take in') : null,
        ),
      );
    });
  }

  private async read(q: string, signal: AbortSignal): Promise<Experiment[]> {
    const query = new URLSearchParams({ q });
    if (this.deleted) query.set('deleted', 'true');
    const { results } = await send<{ results: Experiment[] }>('GET', `${this.o.api.base}/experiments?${query}`, undefined, { signal });
    for (const one of results) this.names.set(String(one.id), one.name);
    return results.map((one) => ({ ...one, id: String(one.id) }));
  }

  private async draw(): Promise<void> {
    this.stop.abort();
    const { signal } = (this.stop = new AbortController());
    try {
      const found = await this.read(this.search.value.trim(), signal);
      if (signal.aborted) return;
      this.list.replaceChildren(...(found.length ? found.map((one) => this.row(one)) : [h('div', { class: 'rt-none' }, this.deleted ? 'Nothing in the bin.' : 'No experiment is called so.')]));
    } catch (error) {
      if (!signal.aborted) this.list.replaceChildren(h('div', { class: 'rt-none text-danger', role: 'alert' }, sentence(error)));
    }
  }

  private row(one: Experiment): HTMLElement {
    const box = h('input', { type: 'checkbox', class: 'form-check-input', checked: this.o.chosen().includes(one.id), disabled: one.deleted, 'aria-label': `Show ${one.name} too`, change: () => {
      const rest = this.o.chosen().filter((id) => id !== one.id);
      this.o.changed(box.checked ? [...rest, one.id] : rest);
    } });
    const only = h('button', { type: 'button', class: 'rt-experiment', disabled: one.deleted, title: `Show ${one.name} alone`, click: () => {
      for (const other of this.list.querySelectorAll<HTMLInputElement>('input')) other.checked = other === box;
      this.o.changed([one.id]);
    } }, h('span', { class: 'text-truncate' }, one.name), one.runs === null || one.runs === undefined ? null : h('span', { class: 'text-secondary ms-auto ps-2' }, one.runs.toLocaleString('en-US')));
    const more = h('button', { type: 'button', class: 'btn btn-sm btn-icon btn-ghost-secondary', 'aria-label': `Change ${one.name}`, 'aria-haspopup': 'menu', click: () => this.more(one, more) }, icon('dots-vertical'));
    return h('div', { class: 'rt-experiment-row' }, box, only, one.deleted && !this.o.mayEdit ? null : more);
  }

  private more(one: Experiment, anchor: HTMLElement): void {
    const address = `${this.o.api.base}/experiments/${one.id}`;
    if (one.deleted) {
      menu(anchor, one.name, [{ text: 'Restore', icon: 'restore', act: () => void this.act(() => send('POST', `${address}/restore`), `“${one.name}” is back.`) }]);
      return;
    }
    const change = this.o.mayEdit && !one.is_default;
    menu(anchor, one.name, [
      { text: 'Download all of it', detail: 'runs, metrics, logs and files as a zip', icon: 'package-export', act: () => location.assign(`${address}/parcel`) },
      ...(change
        ? [
            { text: 'Rename', icon: 'pencil', act: () => this.rename(one, address) },
            { text: 'Delete', icon: 'trash', danger: true, act: () => void this.remove(one, address) },
          ]
        : []),
    ]);
  }

  private rename(one: Experiment, address: string): void {
    askText({ title: 'Rename the experiment', label: 'Name', value: one.name, button: 'Rename', most: 500, save: async (name) => {
      await send('PATCH', address, { name });
      this.names.set(one.id, name);
      void this.show();
      this.o.touched();
    } });
  }

  private create(): void {
    askText({ title: 'New experiment', label: 'Name', button: 'Create', most: 500, save: async (name) => {
      const made = await send<Experiment>('POST', `${this.o.api.base}/experiments`, { name });
      this.names.set(String(made.id), made.name);
      this.o.changed([String(made.id)]);
    } });
  }

  private async remove(one: Experiment, address: string): Promise<void> {
    const done = await this.act(() => send('DELETE', address));
    if (!done) return;
    this.o.changed(this.o.chosen().filter((id) => id !== one.id));
    toast(`“${one.name}” and its runs are in the bin.`, 'success', { label: 'Undo', act: () => void this.act(() => send('POST', `${address}/restore`), `“${one.name}” is back.`) });
  }

  private async act(what: () => Promise<unknown>, said = ''): Promise<boolean> {
    try {
      await what();
      if (said) toast(said, 'success');
      if (this.list.isConnected) void this.draw();
      this.o.touched();
      return true;
    } catch (error) {
      toast(sentence(error), 'danger');
      return false;
    }
  }
}
