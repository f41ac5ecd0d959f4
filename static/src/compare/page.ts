/** Runs side by side: the table, and what two or few of them look like in detail. Everything chosen stands in the address. */

import { sentence } from '../app/api';
import { number } from '../app/format';
import { toast } from '../app/toast';
import { empty, h, icon, replace } from '../runs/dom';
import { tabs, type Tab } from '../runs/tabs';
import { picker } from './picker';
import { openLong } from './longText';
import { differs, rowsOf, type Row, type SectionId, wanted } from './rows';
import { keyOf, rememberKey, store } from './store';
import { tableView } from './table';
import { toolbar } from './toolbar';
import { columns, moved, readView, type View, without, writeView } from './view';
import type { Compared, RunHead } from './wire';

/** What a tab gets when the runs, the view or the records have moved. */
export interface Seen {
  compared: Compared;
  view: View;
  /** The base first. */
  runs: RunHead[];
  /** Which runs have news; null: others are shown. */
  news: ReadonlySet<string> | null;
}
export interface Part {
  element: HTMLElement;
  show: (seen: Seen) => void;
  shown?: () => void;
}
export interface PartContext {
  workspace: string;
  /** /w/<workspace> */
  home: string;
  change: (part: Partial<View>) => void;
}

const NOT_FOUND_NAMED = 5;

export function startPage(root: HTMLElement): void {
  const given = JSON.parse(document.getElementById('compare-page')?.textContent ?? 'null') as { runs: string[]; set: string; mostInAddress: number };
  if (given.set) rememberKey(given.runs, given.set);
  const workspace = root.dataset.workspace ?? '';
  const home = `/w/${encodeURIComponent(workspace)}`;
  const failure = h('div', {});
  const records = store(workspace, given.mostInAddress, (news) => show(news), (message) => replace(failure, message && h('div', { class: 'alert alert-danger', role: 'alert' }, message)));
  let view = readView(new URL(location.href).searchParams, given.runs);
  let seen: Seen = { compared: records.compared(), view, runs: [], news: null };
  let rows: Row[] = [];
  let rowsFor: unknown[] = [];

  const notices = h('div', {});
  const bar = h('ul', { class: 'nav nav-tabs mb-3', role: 'tablist' });
  const panels = h('div', {});
  const adding = picker(workspace, () => view.runs, (id) => setRuns({ ...view, runs: [...view.runs, id], base: view.base || id }));
  const add = h('button', { type: 'button', class: 'btn', onclick: adding.open }, icon('plus', 'me-1'), 'Add runs');
  const copy = h('button', { type: 'button', class: 'btn', title: 'The address shows the same view to every member of the workspace', onclick: () => void copyAddress() }, icon('link', 'me-1'), 'Copy the link');
  replace(document.querySelector('[data-compare-actions]')!, add, copy);

  const table = tableView({
    runAddress: (run) => `${home}/runs/${run.run_id}/`,
    makeBase: (id) => change({ base: id }),
    remove: (id) => setRuns(without(view, id)),
    move: (id, to) => setRuns({ ...view, runs: moved(view, id, to) }, false),
    toggle: (section) => change({ closed: view.closed.includes(section) ? view.closed.filter((one) => one !== section) : [...view.closed, section] }),
    openLong: (row, at) => openLong(workspace, row, seen.compared.runs[at], seen.runs[0]),
  });
  const tools = toolbar(change);
  const summary = h('p', { class: 'text-secondary small mb-2', 'aria-live': 'polite' });
  const parts = new Map<string, Part>();
  const context: PartContext = { workspace, home, change };

  /** Made when somebody looks; its script is fetched then. */
  const lazy = (id: string, title: string, load: () => Promise<(context: PartContext) => Part>): Tab => ({
    id,
    title,
    make: () => {
      const element = h('div', {}, h('p', { class: 'text-secondary' }, 'One moment …'));
      load()
        .then((make) => {
          const part = make(context);
          parts.set(id, part);
          replace(element, part.element);
          part.show({ ...seen, news: null });
          part.shown?.();
        })
        .catch((error: unknown) => replace(element, h('div', { class: 'alert alert-danger', role: 'alert' }, sentence(error))));
      return element;
    },
    shown: () => parts.get(id)?.shown?.(),
  });
  const all: Tab[] = [
    { id: 'table', title: 'Table', make: () => h('div', {}, tools.element, summary, table.element), shown: () => queueMicrotask(showTable) },
    lazy('graph', 'Pipeline graph', () => import('./graphTab').then((module) => module.graphTab)),
    lazy('charts', 'Charts', () => import('./chartsTab').then((module) => module.chartsTab)),
    lazy('evaluation', 'Evaluation', () => import('./evaluationTab').then((module) => module.evaluationTab)),
    lazy('code', 'Code', () => import('./codeTab').then((module) => module.codeTab)),
    lazy('files', 'Images and tables', () => import('./filesTab').then((module) => module.filesTab)),
  ];
  let opened: ReturnType<typeof tabs> | null = null;

  function change(part: Partial<View>): void {
    view = { ...view, ...part };
    remember();
    show(null);
  }

  /** Other runs are read; the same ones in another order are not. */
  function setRuns(next: View, read = true): void {
    view = next;
    remember();
    if (read) void records.read(view.runs);
    else show(null);
  }

  let writing = 0;
  function remember(): void {
    const mine = (writing += 1);
    const write = (set: string | null): void => {
      if (mine === writing) history.replaceState(null, '', `${location.pathname}?${writeView(view, set)}`);
    };
    if (view.runs.length <= given.mostInAddress) write(null);
    else keyOf(workspace, view.runs).then(write, (error: unknown) => toast(sentence(error), 'danger'));
  }

  function show(news: ReadonlySet<string> | null): void {
    const compared = records.compared();
    const known = new Map(compared.runs.map((run) => [run.run_id, run]));
    if (!known.has(view.base) && compared.runs.length) view = { ...view, base: view.runs.find((id) => known.has(id)) ?? '' };
    const runs = columns(view).flatMap((id) => known.get(id) ?? []);
    seen = { compared, view, runs, news };
    showNotices(compared.missing, runs);
    root.classList.toggle('is-empty', !runs.length);
    if (!runs.length) return;
    opened ??= openTabs(runs);
    showTabs(runs, compared);
    showTable();
    for (const [id, part] of parts) if (opened.current() === id) part.show(seen);
  }

  function openTabs(runs: RunHead[]): ReturnType<typeof tabs> {
    // Two runs of pipelines: where they part is what one comes to see.
    const start = view.tab || (runs.length === 2 && runs.every((run) => run.kind === 'pipeline') ? 'graph' : 'table');
    let made: ReturnType<typeof tabs> | null = null;
    made = tabs(bar, panels, all, start, (id) => {
      view = { ...view, tab: id };
      if (made) remember();
      queueMicrotask(() => parts.get(id)?.show({ ...seen, view, news: null }));
    });
    return made;
  }

  function showTabs(runs: RunHead[], compared: Compared): void {
    const has: Record<string, boolean> = {
      graph: runs.filter((run) => run.kind === 'pipeline').length > 1,
      evaluation: compared.evaluations.length > 0,
    };
    for (const tab of all) {
      const button = bar.querySelector<HTMLElement>(`#tab-${tab.id}`);
      if (button) button.parentElement!.hidden = has[tab.id] === false && opened?.current() !== tab.id;
    }
  }

  function showTable(): void {
    if (!opened || opened.current() !== 'table') return;
    const { compared } = seen;
    if (rowsFor[0] !== compared || rowsFor[1] !== view.statistic) {
      rows = rowsOf(compared, view.statistic);
      rowsFor = [compared, view.statistic];
    }
    const places = new Map(compared.runs.map((run, at) => [run.run_id, at]));
    const order = seen.runs.map((run) => places.get(run.run_id)!);
    const shown = wanted(rows, order, view);
    const counts = new Map<SectionId, number>();
    for (const row of shown) counts.set(row.section, (counts.get(row.section) ?? 0) + 1);
    tools.show(view, counts);
    const differing = rows.filter((row) => differs(row, order)).length;
    summary.textContent = `${number(seen.runs.length)} ${seen.runs.length === 1 ? 'run' : 'runs'} · ${number(rows.length)} rows · ${number(differing)} differ · ${number(shown.length)} shown`;
    table.show({ rows: shown, all: rows, runs: compared.runs, order, closed: view.closed, transposed: view.transposed });
  }

  function showNotices(missing: string[], runs: RunHead[]): void {
    const told: HTMLElement[] = [];
    if (missing.length) {
      const named = missing.slice(0, NOT_FOUND_NAMED).map((id) => (id.length > 32 ? `${id.slice(0, 32)}…` : id)).join(', ');
      const rest = missing.length > NOT_FOUND_NAMED ? ` and ${number(missing.length - NOT_FOUND_NAMED)} more` : '';
      told.push(
        h(
          'div',
          { class: 'alert alert-warning d-flex flex-wrap gap-2 align-items-center', role: 'status' },
          icon('alert-triangle', 'alert-icon'),
          h('div', { class: 'studio-name flex-fill' }, `${missing.length === 1 ? 'This run is' : `${number(missing.length)} runs are`} not in this workspace: ${named}${rest}. ${missing.length === 1 ? 'It' : 'They'} may have been deleted for good, or belong to another workspace.`),
          h('button', { type: 'button', class: 'btn btn-sm', onclick: () => setRuns({ ...view, runs: view.runs.filter((id) => !missing.includes(id)) }) }, 'Leave out'),
        ),
      );
    }
    if (runs.length < 2) told.push(choosing(runs));
    replace(notices, ...told);
  }

  /** With no run, or one, there is nothing to compare: say how to choose. */
  function choosing(runs: RunHead[]): HTMLElement {
    return h(
      'section',
      { class: 'card mb-3', 'aria-label': 'Choose runs' },
      h(
        'div',
        { class: 'card-body' },
        h('h2', { class: 'card-title' }, runs.length ? 'Choose a second run' : 'Choose the runs to compare'),
        h('p', { class: 'text-secondary' }, 'Tick runs in the ', h('a', { href: `${home}/runs/` }, 'list of runs'), ' and press Compare, or add them here. The first one is the base that the others are measured against.'),
        adding.form(),
      ),
    );
  }

  async function copyAddress(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      toast('The link is in the clipboard.', 'success');
    } catch {
      toast('The browser does not allow it; copy the address from its bar.', 'warning');
    }
  }

  replace(root, failure, notices, bar, panels);
  root.classList.add('is-empty');
  if (!given.runs.length) showNotices([], []);
  else void records.read(given.runs).then(() => !seen.runs.length && replace(panels, !failure.childElementCount && h('div', { class: 'card' }, empty('None of these runs is here', 'Choose others above.'))));
}
