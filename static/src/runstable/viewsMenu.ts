/** Saved views: one's own and those that others share. */

import { api as send, sentence } from '../app/api';
import { toast } from '../app/toast';
import { h, icon } from '../runs/dom';
import { type Item, askText, menu } from './popover';
import type { RunsApi, SavedView } from './query';
import { type View, sameView, viewFrom } from './view';

export interface ViewsOptions {
  api: RunsApi;
  view(): View;
  /** Show a saved view; null is the table as it comes. */
  open(saved: SavedView | null): void;
  /** What is shown is (now) saved as this, or no more. */
  named(saved: SavedView | null): void;
}

export class Views {
  readonly button: HTMLButtonElement;
  current: SavedView | null = null;
  private readonly words = h('span', { class: 'text-truncate' });

  constructor(private readonly o: ViewsOptions) {
    this.button = h('button', { type: 'button', class: 'btn btn-sm rt-views', 'aria-haspopup': 'menu', click: () => void this.open() }, icon('bookmark', 'me-1'), this.words, icon('chevron-down', 'ms-1'));
    this.show();
  }

  /** Whether what is shown is just what was saved. */
  get isUnchanged(): boolean {
    return this.current !== null && sameView(viewFrom(this.current.state), this.o.view());
  }

  show(): void {
    this.words.textContent = this.current ? `${this.current.name}${this.isUnchanged ? '' : ' (changed)'}` : 'Views';
    this.button.setAttribute('aria-label', this.current ? `View ${this.words.textContent}` : 'Saved views');
  }

  async read(id: number): Promise<SavedView> {
    return send('GET', `${this.address}/${id}`);
  }

  private get address(): string {
    return `${this.o.api.base}/views`;
  }

  private async list(): Promise<SavedView[]> {
    const answer = await send<{ results: SavedView[] } | SavedView[]>('GET', `${this.address}?kind=runs`);
    return Array.isArray(answer) ? answer : answer.results;
  }

  private async open(): Promise<void> {
    let all: SavedView[];
    try {
      all = await this.list();
    } catch (error) {
      toast(sentence(error), 'danger');
      return;
    }
    const mine = all.filter((one) => one.mine);
    const others = all.filter((one) => !one.mine);
    const { current } = this;
    const entry = (one: SavedView): Item => ({
      text: one.name, checked: one.id === current?.id, detail: [one.default ? 'default' : '', one.mine ? (one.shared ? 'shared' : '') : one.owner].filter(Boolean).join(', '), act: () => this.o.open(one),
    }); // prettier-ignore
    const changed = current !== null && !this.isUnchanged;
    menu(this.button, 'Saved views', [
      ...(mine.length ? ['Mine', ...mine.map(entry)] : []),
      ...(others.length ? ['Shared by others', ...others.map(entry)] : []),
      ...(all.length ? [null] : []),
      { text: 'All runs, as they come', icon: 'refresh', act: () => this.o.open(null) },
      null,
      ...(current?.mine ? [{ text: 'Save the changes', icon: 'device-floppy', disabled: !changed, act: () => void this.save(current) }] : []),
      { text: current ? 'Save as a new view…' : 'Save this view…', icon: 'copy-plus', act: () => this.saveAs() },
      ...(current ? this.about(current) : []),
    ]);
  }

  private about(current: SavedView): (Item | null)[] {
    const standard: Item = { text: current.default ? 'Open no view by itself' : 'Open this view first', icon: current.default ? 'home-off' : 'home', act: () => void this.change(current, { default: !current.default }, current.default ? 'The runs open as they come.' : `The runs open with “${current.name}”.`) };
    if (!current.mine) return [null, standard];
    return [
      null,
      standard,
      { text: current.shared ? 'Stop sharing it' : 'Share it with the workspace', icon: current.shared ? 'lock' : 'users', act: () => void this.change(current, { shared: !current.shared }, current.shared ? `“${current.name}” is yours alone.` : `Everybody in the workspace sees “${current.name}”.`) },
      { text: 'Rename…', icon: 'pencil', act: () => askText({ title: 'Rename the view', label: 'Name', value: current.name, button: 'Rename', save: async (name) => this.took(await this.patch(current, { name })) }) },
      { text: 'Delete', icon: 'trash', danger: true, act: () => void this.remove(current) },
    ];
  }

  private saveAs(): void {
    const shared = h('input', { type: 'checkbox', class: 'form-check-input' });
    const extra = h('label', { class: 'form-check mt-3 mb-0' }, shared, h('span', { class: 'form-check-label' }, 'Share it with the workspace'));
    askText({ title: 'Save the view', label: 'Name', button: 'Save', extra, save: async (name) => {
      this.took(await send<SavedView>('POST', this.address, { name, kind: 'runs', state: this.o.view(), shared: shared.checked }));
      toast(`Saved as “${name}”.`, 'success');
    } });
  }

  private async save(view: SavedView): Promise<void> {
    await this.change(view, { state: this.o.view() }, `“${view.name}” is saved.`);
  }

  private async change(view: SavedView, part: Partial<SavedView>, said: string): Promise<void> {
    try {
      this.took(await this.patch(view, part));
      toast(said, 'success');
    } catch (error) {
      toast(sentence(error), 'danger');
    }
  }

  private async remove(view: SavedView): Promise<void> {
    try {
      await send('DELETE', `${this.address}/${view.id}`);
      this.took(null);
      const again = { name: view.name, kind: 'runs', state: view.state, shared: view.shared };
      toast(`“${view.name}” is deleted.`, 'success', { label: 'Undo', act: () => void send<SavedView>('POST', this.address, again).then((made) => this.took(made), (error: unknown) => toast(sentence(error), 'danger')) });
    } catch (error) {
      toast(sentence(error), 'danger');
    }
  }

  private patch(view: SavedView, part: Partial<SavedView>): Promise<SavedView> {
    return send('PATCH', `${this.address}/${view.id}`, part);
  }

  private took(view: SavedView | null): void {
    this.current = view;
    this.show();
    this.o.named(view);
  }
}
