/** The bars above the table. */

import { sentence } from '../app/api';
import { toast } from '../app/toast';
import { h, icon } from '../runs/dom';
import { Chooser } from './chooser';
import { exportRuns } from './exporting';
import { FilterBar } from './filterBar';
import { groupButton } from './groupMenu';
import { menu } from './popover';
import type { Question, RunsApi, SavedView } from './query';
import { LIFECYCLES, type Lifecycle, PANES, type Pane, type View } from './view';
import { Views } from './viewsMenu';

const LIFECYCLE_WORDS: Record<Lifecycle, string> = { active: 'Current runs', archived: 'Archive', deleted: 'Bin', all: 'All of them' };
const PANE_LOOKS: Record<Pane, [string, string]> = { table: ['Table', 'table'], both: ['Table and charts', 'layout-columns'], charts: ['Charts', 'chart-line'] };

export interface ToolbarOptions {
  api: RunsApi;
  may: { edit: boolean };
  view(): View;
  columns(): string[];
  question(): Question;
  change(part: Partial<View>): void;
  opened(saved: SavedView | null): void;
  named(): void;
  touched(): void;
  chooseColumns(): void;
  complete(): boolean;
}

export class Toolbar {
  readonly element: HTMLElement;
  readonly filters: FilterBar;
  readonly views: Views;
  private readonly chooser: Chooser;
  private readonly group: ReturnType<typeof groupButton>;
  private readonly lifecycle = h('select', { class: 'form-select form-select-sm rt-lifecycle', 'aria-label': 'Which runs' });
  private readonly panes: Record<Pane, HTMLButtonElement>;
  private chosen = '';

  constructor(private readonly o: ToolbarOptions) {
    const experiments = (): string[] => o.view().experiments;
    this.filters = new FilterBar({ api: o.api, question: () => ({ ...o.question(), filter: '' }), experiments, changed: (filter) => o.change({ filter }) });
    this.views = new Views({ api: o.api, view: o.view, open: o.opened, named: () => o.named() });
    this.chooser = new Chooser({ api: o.api, mayEdit: o.may.edit, chosen: experiments, changed: (ids) => o.change({ experiments: ids }), touched: o.touched });
    this.group = groupButton({ api: o.api, experiments, groups: () => o.view().groups, changed: (groups) => o.change({ groups }) });
    for (const one of LIFECYCLES) this.lifecycle.append(h('option', { value: one }, LIFECYCLE_WORDS[one]));
    this.lifecycle.addEventListener('change', () => o.change({ lifecycle: this.lifecycle.value as Lifecycle }));
    const pane = (name: Pane): HTMLButtonElement => h('button', { type: 'button', class: 'btn btn-sm btn-icon', title: PANE_LOOKS[name][0], 'aria-label': PANE_LOOKS[name][0], click: () => o.change({ pane: name }) }, icon(PANE_LOOKS[name][1]));
    this.panes = { table: pane('table'), both: pane('both'), charts: pane('charts') };
    const columns = h('button', { type: 'button', class: 'btn btn-sm', 'aria-haspopup': 'dialog', click: o.chooseColumns }, icon('columns-3', 'me-1'), 'Columns');
    const more = h('button', { type: 'button', class: 'btn btn-sm btn-icon', 'aria-label': 'More', title: 'More', 'aria-haspopup': 'menu', click: () => this.more(more) }, icon('dots'));
    const search = h('div', { class: 'input-icon rt-search' }, h('span', { class: 'input-icon-addon' }, icon('search')), this.filters.search);
    this.element = h('div', { class: 'rt-tools' },
      h('div', { class: 'rt-bar', role: 'toolbar', 'aria-label': 'What the table shows' },
        this.chooser.button, search, ...this.filters.buttons, this.group.button, columns, this.lifecycle,
        h('span', { class: 'rt-push' }),
        this.views.button,
        h('div', { class: 'btn-group', role: 'group', 'aria-label': 'Table or charts' }, ...PANES.map((name) => this.panes[name])),
        more,
      ),
      this.filters.element,
    );
  }

  show(): void {
    const view = this.o.view();
    this.filters.show(view.filter);
    this.views.show();
    this.group.show();
    this.lifecycle.value = view.lifecycle;
    for (const name of PANES) {
      this.panes[name].classList.toggle('active', name === view.pane);
      this.panes[name].setAttribute('aria-pressed', String(name === view.pane));
    }
    const chosen = view.experiments.join(',');
    if (chosen !== this.chosen || !chosen) void this.chooser.show();
    this.chosen = chosen;
  }

  private more(anchor: HTMLElement): void {
    const { o } = this;
    const view = o.view();
    const save = (format: 'csv' | 'parquet') => (): void => {
      toast('The file is being written…');
      exportRuns(o.api, o.question(), o.columns(), format).catch((error: unknown) => toast(sentence(error), 'danger'));
    };
    menu(anchor, 'More', [
      { text: 'Copy the link to this view', icon: 'link', act: () => void this.copy() },
      null,
      { text: 'Export as CSV', icon: 'file-type-csv', act: save('csv') },
      { text: 'Export as Parquet', icon: 'database-export', act: save('parquet') },
      null,
      { text: view.roots ? 'Show nested runs too' : 'Leave nested runs out', icon: 'binary-tree', act: () => o.change({ roots: !view.roots }) },
      { text: 'Show all hidden runs in charts', icon: 'eye', disabled: !view.hidden.length, act: () => o.change({ hidden: [] }) },
      { text: 'Unpin all', icon: 'pinned-off', disabled: !view.pinned.length, act: () => o.change({ pinned: [] }) },
      { text: 'Widths as they were', icon: 'arrow-autofit-width', disabled: !Object.keys(view.widths).length, act: () => o.change({ widths: {} }) },
    ]);
  }

  private async copy(): Promise<void> {
    if (!this.o.complete()) {
      toast('This view is too long for an address. Save it as a shared view, then its link is short.', 'warning');
      return;
    }
    try {
      await navigator.clipboard.writeText(location.href);
      toast('The link is copied. It opens just what you see.', 'success');
    } catch {
      toast('The browser does not let the studio copy. The address above is the link.', 'warning');
    }
  }
}
