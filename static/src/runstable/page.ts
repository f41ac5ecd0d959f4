/** The page of runs: holds the view, and has each part show it. */

import { ApiError, sentence } from '../app/api';
import { toast } from '../app/toast';
import { colorOf } from '../charts/colors';
import { h } from '../runs/dom';
import { type BulkOptions, type Target, drawBar, perform, runsWords } from './bulk';
import { ChartsPane } from './chartsPane';
import { chooseColor } from './colorMenu';
import { columnMenu } from './columnMenu';
import { chooseColumns } from './columnsDialog';
import { added, moved, nextOrder, shifted } from './columns';
import { emptyState } from './empty';
import { attribute, nameOf, fieldOf } from './fields';
import { narrowed, tokens } from './grammar';
import { Grid } from './grid';
import { startLive } from './live';
import { type Question, type RunRow, RunsApi, type SavedView, questionOf } from './query';
import { Remembering } from './remembering';
import { Selection } from './selection';
import { Store } from './store';
import { Toolbar } from './toolbar';
import { MOST_PINNED, type View, clampWidth, freshView, viewFrom } from './view';

export interface Boot {
  workspace: string;
  last_event: number;
  may: { edit: boolean; cancel: boolean; submit: boolean };
  designer: string;
  account: string;
  first: SavedView | null; // the view this person wants to see first
}

const ASKS_AGAIN: (keyof View)[] = ['experiments', 'lifecycle', 'roots', 'filter', 'order', 'groups', 'pinned'];
const OTHER_RUNS: (keyof View)[] = ['experiments', 'lifecycle', 'roots', 'filter'];
/** Steps that Back goes back over; the rest changes the address where it stands. */
const STEPS: (keyof View)[] = ['experiments', 'lifecycle', 'roots', 'filter', 'order', 'groups', 'columns', 'pane'];
const SUGGEST_AGAIN = 5_000;

export class RunsPage {
  private view = freshView();
  private columns: string[] = [];
  private readonly api: RunsApi;
  private store: Store;
  private readonly grid: Grid;
  private readonly toolbar: Toolbar;
  private readonly charts: ChartsPane;
  private readonly chosen = new Selection();
  private readonly memory: Remembering;
  private readonly foot = h('div', { class: 'rt-foot' });
  private readonly line = h('div', { class: 'rt-line text-secondary', role: 'status' });
  private readonly bar = h('div', { class: 'rt-bulk', role: 'toolbar', 'aria-label': 'The chosen runs', hidden: true });
  private readonly nothing = h('div', { class: 'rt-nothing', hidden: true });
  private readonly panes: HTMLElement;
  private asked = 0;
  private complaint: HTMLElement | null = null;
  private suggestedAt = 0;
  private suggestedFor: string | null = null; // which experiments the columns were found for

  constructor(
    private readonly root: HTMLElement,
    private readonly boot: Boot,
  ) {
    this.api = new RunsApi(boot.workspace);
    this.store = this.newStore();
    this.grid = new Grid(() => this.store, () => this.gridState(), {
      sort: (field, keep) => this.change({ order: nextOrder(this.view.order, field, keep) }),
      move: (field, target, after) => this.change({ columns: moved(this.columns, field, target, after) }),
      shift: (field, by) => this.change({ columns: shifted(this.columns, field, by) }),
      remove: (field) => this.change({ columns: this.columns.filter((column) => column !== field) }),
      resize: (field, width) => this.change({ widths: { ...this.view.widths, [field]: clampWidth(width) } }),
      menu: (field, anchor) => columnMenu(anchor, field, this.columns, this.view, { change: (part) => this.change(part), filter: () => this.toolbar.filters.begin(field, anchor) }),
      chooseAll: () => this.chooseAll(),
      toggle: (group) => this.store.toggle(group),
      escape: () => this.choose(() => this.chosen.clear()),
      run: (what, run, row, anchor, event) => this.act(what, run, row, anchor, event.shiftKey),
    });
    this.charts = new ChartsPane({ workspace: boot.workspace, view: () => this.view, changed: (part) => this.change(part) });
    this.toolbar = new Toolbar({
      api: this.api, may: boot.may, view: () => this.view, columns: () => this.columns, question: () => this.question(), change: (part) => this.change(part),
      opened: (saved) => void this.openSaved(saved), named: () => this.remember(false), touched: () => void this.reread(),
      chooseColumns: () => chooseColumns({ api: this.api, experiments: this.view.experiments, columns: this.columns, automatic: this.view.columns === null, changed: (columns) => this.change({ columns }) }),
      complete: () => this.memory.complete,
    }); // prettier-ignore
    this.foot.append(this.line, this.bar);
    const table = h('section', { class: 'rt-table', 'aria-label': 'Table' }, this.grid.element, this.nothing, this.foot);
    this.panes = h('div', { class: 'rt-panes' }, table, this.charts.element);
    root.replaceChildren(this.toolbar.element, this.panes);
    this.memory = new Remembering((view, saved) => void this.wentBack(view, saved));
  }

  async start(): Promise<void> {
    const { view, saved } = await this.memory.read();
    this.view = view ?? freshView();
    const named = saved === null && view === null ? this.boot.first : await this.savedView(saved);
    if (named) {
      this.toolbar.views.current = named;
      if (!view) this.view = viewFrom(named.state);
    }
    this.remember(false);
    await this.open();
    startLive({
      workspace: this.boot.workspace, after: this.boot.last_event, view: () => this.view,
      known: (id) => this.store.runs.has(id),
      all: () => this.reread(),
      some: async (ids) => {
        await this.store.reread(ids);
        this.grid.schedule();
      },
      measured: (ids) => this.charts.refresh(ids),
    }); // prettier-ignore
    // Durations and "5 min ago" go on; only what reads otherwise is drawn.
    setInterval(() => document.visibilityState === 'visible' && this.grid.schedule(), 1000);
  }

  private async savedView(id: number | null): Promise<SavedView | null> {
    try {
      return id === null ? null : await this.toolbar.views.read(id);
    } catch (error) {
      toast(error instanceof ApiError && error.status === 404 ? 'The view in this address is gone, or was never shared. Here are the runs without it.' : sentence(error), 'warning');
      return null;
    }
  }

  // The view.

  private change(part: Partial<View>): void {
    const before = this.view;
    this.view = { ...before, ...part };
    const changed = (names: (keyof View)[]): boolean => names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(this.view[name]));
    if (changed(OTHER_RUNS)) this.chosen.clear();
    this.remember(changed(STEPS));
    if (changed(['columns'])) this.suggestedFor = null;
    if (changed(ASKS_AGAIN) || (changed(['columns']) && this.view.columns === null)) void this.open();
    else {
      if (changed(['columns'])) this.showColumns(this.view.columns ?? this.columns);
      this.show();
    }
  }

  private remember(step: boolean): void {
    const { current, isUnchanged } = this.toolbar.views;
    void this.memory.write(this.view, current?.id ?? null, isUnchanged && current?.shared === true, step).then(() => this.toolbar.show());
  }

  private async wentBack(view: View | null, saved: number | null): Promise<void> {
    const { views } = this.toolbar;
    if ((views.current?.id ?? null) !== saved) views.current = await this.savedView(saved);
    this.view = view ?? (views.current ? viewFrom(views.current.state) : freshView());
    this.chosen.clear();
    await this.open();
  }

  private async openSaved(saved: SavedView | null): Promise<void> {
    this.toolbar.views.current = saved;
    this.view = saved ? viewFrom(saved.state) : freshView();
    this.chosen.clear();
    this.remember(true);
    await this.open();
  }

  private question(): Question {
    return questionOf(this.view);
  }

  // The rows.

  private newStore(): Store {
    return new Store(this.api, { changed: () => this.grid.schedule(), failed: (error) => this.failed(error) });
  }

  /** The runs of the view. What was shown stays, dimmed, until they are here. */
  private async open(): Promise<void> {
    const turn = (this.asked += 1);
    this.root.classList.add('is-busy');
    this.toolbar.show();
    const next = this.newStore();
    const suggested = this.view.columns === null ? this.suggest() : Promise.resolve(null);
    try {
      await next.open(this.view, this.view.columns ?? this.columns);
    } catch (error) {
      if (turn === this.asked) this.failed(error);
      return;
    }
    const found = await suggested;
    // Columns that nobody chose stay where they stand as long as the same experiments are looked at.
    const kept = this.suggestedFor === this.view.experiments.join() ? this.columns : [];
    // Somebody may have chosen some meanwhile.
    const columns = this.view.columns ?? (found ? added(kept, found) : this.columns);
    if (turn !== this.asked) {
      next.close();
      return;
    }
    if (!next.isOpened) return; // what failed has been said
    const same = this.store.isSameQuestion(next);
    this.store.close();
    this.store = next;
    this.root.classList.remove('is-busy');
    this.toolbar.filters.say(null);
    this.showColumns(columns);
    if (found) this.suggestedFor = this.view.experiments.join();
    if (!same) this.grid.toTop();
    this.show();
  }

  private async suggest(): Promise<string[] | null> {
    this.suggestedAt = Date.now();
    try {
      const found = await this.api.suggested(this.question());
      const where = this.view.experiments.length === 1 ? [] : ['experiment'];
      return [...['status', 'created', 'duration', ...where, 'user'].map(attribute), ...found];
    } catch {
      return null; // the rows say what is wrong
    }
  }

  private showColumns(columns: string[]): void {
    this.columns = columns;
    this.store.setColumns(columns);
    this.grid.schedule();
  }

  private async reread(): Promise<void> {
    const anchor = this.view.order.length ? null : this.grid.anchor();
    const { rows, columns } = this.grid.inSight;
    const { store } = this;
    if (!(await store.refresh(rows, columns)) || store !== this.store) return;
    if (anchor) this.grid.hold(anchor);
    if (this.view.columns === null && Date.now() - this.suggestedAt > SUGGEST_AGAIN) {
      // New names join at the end: nothing moves under anybody's eyes.
      const found = await this.suggest();
      if (found && this.view.columns === null && store === this.store) this.showColumns(added(this.columns, found));
    }
    this.show();
  }

  private failed(error: unknown): void {
    if (error instanceof ApiError && error.code === 'bad-filter') this.toolbar.filters.say(error);
    else if (!this.complaint?.isConnected) this.complaint = toast(sentence(error), 'danger'); // once, however often it is tried
  }

  // Drawing.

  private gridState() {
    const { view, chosen } = this;
    const hidden = new Set(view.hidden);
    const pinned = new Set(view.pinned);
    const count = chosen.count(this.store.total);
    return {
      columns: this.columns, widths: view.widths, order: view.order,
      filtered: new Set(tokens(view.filter).flatMap((token) => (token.kind === 'name' ? (fieldOf(token.text) ?? []) : [])).map(nameOf)),
      chosen: chosen.all && !chosen.named().length ? ('all' as const) : count ? ('some' as const) : ('none' as const),
      selected: (id: string) => chosen.has(id), hidden: (id: string) => hidden.has(id), pinned: (id: string) => pinned.has(id), color: (id: string) => view.colors[id],
    }; // prettier-ignore
  }

  private show(): void {
    const { store, view } = this;
    const empty = store.isOpened && store.rows.count === 0;
    this.nothing.hidden = !empty;
    this.grid.element.hidden = empty;
    if (empty) {
      this.nothing.replaceChildren(emptyState({ workspace: this.boot.workspace, filtered: view.filter !== '' || view.roots, lifecycle: view.lifecycle, experiments: view.experiments.length, designer: this.boot.designer, account: this.boot.account, mayRun: this.boot.may.submit, clear: () => this.change({ filter: '', roots: false }) }));
      document.dispatchEvent(new CustomEvent('htmx:load', { detail: { elt: this.nothing } }));
    }
    const count = store.isGrouped ? `${store.total.toLocaleString('en-US')} group${store.total === 1 ? '' : 's'}` : runsWords(store.total + store.pinnedCount);
    const about = store.totalIsExact ? '' : 'more than ';
    this.line.textContent = [`${about}${count}`, store.pinnedCount ? `${store.pinnedCount} pinned` : '', view.hidden.length ? `${view.hidden.length} hidden from charts` : '', `${this.columns.length.toLocaleString('en-US')} columns`].filter(Boolean).join(' · ');
    this.panes.dataset.pane = view.pane;
    this.charts.element.hidden = view.pane === 'table';
    this.drawBar();
    this.grid.schedule();
    this.toolbar.show();
    if (view.pane === 'table') this.charts.stop();
    else void this.showCharts();
  }

  private async showCharts(): Promise<void> {
    const { store, view } = this;
    const { most } = this.charts;
    let runs = store.first(most);
    if (store.isGrouped || runs.length < Math.min(most, store.total)) {
      try {
        const page = await this.api.runs(this.question(), [], 0, most);
        runs = [...store.first(0), ...page.rows.filter((run) => !view.pinned.includes(run.run_id))];
      } catch (error) {
        toast(sentence(error), 'danger');
        return;
      }
    }
    if (store === this.store) await this.charts.show(runs, store.isGrouped ? runs.length : store.total + store.pinnedCount);
  }

  private drawBar(): void {
    const { chosen, store } = this;
    const total = store.isGrouped ? 0 : store.total + store.pinnedCount;
    this.line.hidden = chosen.count(total) > 0;
    drawBar(this.bar, {
      ...this.bulk(), all: chosen.all, target: () => this.target(), count: () => chosen.count(total), ids: () => this.chosenIds(), lifecycle: () => this.view.lifecycle,
      may: this.boot.may, clear: () => this.choose(() => chosen.clear()),
      hide: (hidden) => this.change({ hidden: hidden ? added(this.view.hidden, chosen.named()) : this.view.hidden.filter((id) => !chosen.has(id)) }),
    }, total, () => this.choose(() => chosen.chooseAll())); // prettier-ignore
  }

  // Acting on runs.

  private bulk(): BulkOptions {
    return { api: this.api, touched: () => void this.reread() };
  }

  private target(): Target {
    if (!this.chosen.all) return { runs: this.chosen.named() };
    const { order: _, ...query } = this.question();
    const except = this.chosen.named();
    return { query: except.length ? { ...query, filter: narrowed(query.filter, { field: attribute('run_id'), op: 'NOT IN', value: except }) } : query };
  }

  private async chosenIds(): Promise<string[]> {
    const target = this.target();
    if ('runs' in target) return target.runs;
    const page = await this.api.runs({ ...target.query, order: this.view.order }, [], 0, 1000);
    return page.rows.map((run) => run.run_id);
  }

  private choose(how: () => void): void {
    how();
    this.drawBar();
    this.grid.schedule();
  }

  private chooseAll(): void {
    if (this.store.isGrouped) {
      toast('Open the groups to choose runs, or take the grouping away to choose all that match.');
      return;
    }
    this.choose(() => (this.chosen.count(1) ? this.chosen.clear() : this.chosen.chooseAll()));
  }

  private act(what: string, run: RunRow, row: number, anchor: HTMLElement, shiftKey: boolean): void {
    const { view } = this;
    const id = run.run_id;
    if (what === 'open') location.assign(`${encodeURIComponent(id)}/`);
    else if (what === 'select') void this.select(run, row, shiftKey);
    else if (what === 'hide') this.change({ hidden: view.hidden.includes(id) ? view.hidden.filter((one) => one !== id) : [...view.hidden, id] });
    else if (what === 'pin') this.pin(id);
    else if (what === 'color') {
      chooseColor(anchor, run, view.colors[id] ?? colorOf(id), (color) => {
        const { [id]: _, ...rest } = this.view.colors;
        this.change({ colors: color ? { ...rest, [id]: color } : rest });
      });
    } else if (what === 'star') {
      run.starred = !run.starred;
      run.version = (run.version ?? 0) + 1;
      this.grid.schedule();
      void perform(this.bulk(), run.starred ? 'star' : 'unstar', { runs: [id] }, {}, true);
    }
  }

  private pin(id: string): void {
    const { pinned } = this.view;
    if (pinned.includes(id)) this.change({ pinned: pinned.filter((one) => one !== id) });
    else if (pinned.length >= MOST_PINNED) toast(`At most ${MOST_PINNED} runs can be pinned. Unpin one first.`, 'warning');
    else this.change({ pinned: [...pinned, id] });
  }

  private async select(run: RunRow, row: number, shiftKey: boolean): Promise<void> {
    const { chosen } = this;
    const from = chosen.anchor;
    if (!shiftKey || from === null || from === row) {
      const now = !chosen.has(run.run_id);
      this.choose(() => chosen.set([run.run_id], shiftKey || now));
      chosen.anchor = row;
      return;
    }
    try {
      const ids = await this.store.idsOf({ first: Math.min(from, row), last: Math.max(from, row) + 1 });
      this.choose(() => chosen.set(ids, true));
    } catch (error) {
      toast(sentence(error), 'danger');
    }
  }
}
