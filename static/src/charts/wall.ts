/**
 * A wall of charts: one for each metric of some runs, and those that people add. Charts exist only while they are in or
 * near the window, so that five thousand metrics cost what twenty do.
 *
 * Lines are painted by our own code on plain canvases, not by Plotly; see `surface.ts` for what was measured.
 */

import './charts.css';

import { sentence } from '../app/api';
import { empty, h, replace } from '../runs/dom';
import { bar } from './bar';
import type { ChartRun, Place } from './chart';
import { curvesFrom } from './curves';
import { fieldsFrom, type Named, type Value } from './fields';
import { grid } from './grid';
import { addItems, groupFields } from './adding';
import { keyOf, sectionsOf, type Section } from './layout';
import { panelMaker, spanOf } from './panels';
import { proposedFor, type Proposed } from './proposals';
import { differences, freshState, stateFrom, type WallState } from './state';

export type { ChartRun } from './chart';
export type { WallState } from './state';

export interface Wall {
  element: HTMLElement;
  setRuns(runs: ChartRun[]): void;
  /** New values of these runs, or of any. */
  refresh(run_ids?: string[]): void;
  stop(): void;
}

export interface WallOptions {
  workspace: string;
  runs: ChartRun[];
  state: Partial<WallState>;
  /** Told what is not as in a fresh wall, in a steady order: fit for an address and for a saved view. */
  changed: (state: WallState) => void;
  /** Metrics that are known already: the first charts need not wait for their names. */
  metrics?: readonly string[];
  /** Metrics that are shown elsewhere. */
  leaveOut?: (metric: Named['metrics'][number]) => boolean;
  /** The runs are one run and its steps: what it shows of them is not shown twice. */
  ofOneRun?: boolean;
}

/** News come often; a picture that moves once a second is live. */
const REFRESH_EVERY = 1000;
const READ_NAMES_EVERY = 5000;
const NOTHING: Named = { metrics: [], params: [], varying: 0 };

export function metricWall(o: WallOptions): Wall {
  let state = stateFrom(o.state);
  let runs = o.runs;
  let named: Named = { ...NOTHING, metrics: (o.metrics ?? []).map((key) => ({ key, runs: 1, values: 2, direction: 'max' as const })) };
  let proposed: Proposed[] = [];
  let groups = new Map<string, string>();
  let groupedBy = '';
  let read = false;
  let stopped = false;

  const fields = fieldsFrom(o.workspace);
  const place: Place = {
    workspace: o.workspace,
    curves: curvesFrom(o.workspace),
    fields,
    state: () => state,
    runs: () => drawn,
    groupOf: (run_id) => (state.group && groupedBy === state.group ? (groups.get(run_id) ?? '') : null),
    change,
  };
  let drawn: readonly ChartRun[] = runs.slice(0, state.most);

  const message = h('div', {});
  const maker = panelMaker({ place, named: () => named, proposed: () => proposed, sections: () => sections, grid: () => panels, link });
  const panels = grid(maker, (section) => change((now) => ({ ...now, closed: section.closed ? now.closed.filter((id) => id !== section.id) : [...now.closed, section.id] })));
  const top = bar({
    state: () => state,
    change: (part) => change((now) => ({ ...now, ...part })),
    metrics: () => named.metrics.map((metric) => metric.key),
    groups: () => groupFields(named),
    add: () => addItems(place, named),
    closeAll: (closed) => change((now) => ({ ...now, closed: closed ? sections.map((section) => section.id) : [] })),
    reset: () => change(freshState),
  });
  const element = h('div', { class: 'studio-wall' }, top.element, message, panels.element);
  let sections: Section[] = [];

  function change(make: (state: WallState) => WallState): void {
    const before = state;
    state = make(state);
    if (state === before) return;
    drawn = runs.slice(0, state.most);
    if (state.group !== before.group || state.most !== before.most) void readGroups();
    if (state.most !== before.most) void readNames();
    if (state.proposals !== before.proposals) proposed = proposedFor(named, drawn.length, state);
    lay();
    panels.each((panel) => panel.update());
    const now = differences(state);
    o.changed(Object.fromEntries(Object.entries(now).sort(([a], [b]) => (a < b ? -1 : 1))) as unknown as WallState);
  }

  function lay(): void {
    const keys = named.metrics.map((metric) => metric.key);
    sections = sectionsOf(keys, state, proposed.map((panel) => panel.id), maker.titleOf);
    const made = [...proposed, ...state.added].map((added) => [added.id, spanOf(state, added.id, added)] as const);
    panels.lay(sections, { ...state.sizes, ...Object.fromEntries(made) }, state.columns);
    const shown = sections.reduce((sum, section) => sum + section.panels.filter((id) => keyOf(id) !== null).length, 0);
    top.show({ metrics: keys.length, shown, runs: runs.length, drawn: drawn.length });
    if (sections.length || !read) replace(message);
    else if (!runs.length) replace(message, empty('No runs to draw', 'Show some runs in the table.'));
    else if (!keys.length) replace(message, empty('No metrics yet', 'Charts appear here as soon as the runs log values.'));
    else replace(message, h('div', { class: 'empty py-4' }, h('p', { class: 'empty-title' }, 'No chart has this name'), h('button', { type: 'button', class: 'btn btn-sm', onclick: () => change((now) => ({ ...now, search: '', hidden: [] })) }, 'Show all charts')));
  }

  async function readNames(): Promise<void> {
    const asked = drawn;
    if (!asked.length) {
      named = NOTHING;
      proposed = [];
      read = true;
      lay();
      return;
    }
    try {
      const answer = await fields.named(asked.map((run) => run.run_id), !o.ofOneRun);
      if (stopped || asked !== drawn) return;
      const once = measuredOnce();
      named = o.leaveOut ? { ...answer, metrics: answer.metrics.filter((metric) => !o.leaveOut!(metric)) } : answer;
      // A metric that has got its second value is a line from now on.
      if (read && once !== measuredOnce()) panels.clear();
      read = true;
      proposed = proposedFor(named, drawn.length, state);
      lay();
      openLink();
    } catch (error) {
      if (stopped || asked !== drawn || read) return;
      replace(message, h('div', { class: 'alert alert-danger', role: 'alert' }, `The names of the metrics could not be read: ${sentence(error)} `, h('button', { type: 'button', class: 'btn btn-sm', onclick: () => void readNames() }, 'Try again')));
    }
  }

  function measuredOnce(): string {
    return named.metrics.filter((metric) => metric.values < 2).map((metric) => metric.key).join('\n');
  }

  async function readGroups(): Promise<void> {
    const { group } = state;
    if (!group) return;
    const ids = drawn.map((run) => run.run_id);
    const values = await fields.values(ids, [group]).catch(() => new Map<string, Value[]>());
    if (stopped || group !== state.group) return;
    groups = new Map([...values].map(([run, [value]]) => [run, value === null ? '' : String(value)]));
    groupedBy = group;
    panels.each((panel) => panel.update());
  }

  // A link to one chart: the group is opened and the page scrolled there, once.
  let asked = new URLSearchParams(location.hash.slice(1)).get('chart');
  function openLink(): void {
    if (asked === null) return;
    const id = asked;
    const section = sections.find((one) => one.panels.includes(id));
    if (!section) return;
    asked = null;
    if (section.closed) change((now) => ({ ...now, closed: now.closed.filter((one) => one !== section.id) }));
    requestAnimationFrame(() => panels.reveal(id));
  }

  function link(id: string): string {
    const url = new URL(location.href);
    url.hash = new URLSearchParams({ chart: id }).toString();
    return url.href;
  }

  let stale: Set<string> | 'all' | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  let namesRead = performance.now();
  let namesTimer: ReturnType<typeof setTimeout> | undefined;
  function flush(): void {
    timer = undefined;
    if (stopped || stale === null) return;
    last = performance.now();
    place.curves.forget(stale === 'all' ? undefined : [...stale]);
    stale = null;
    panels.each((panel) => panel.reload());
    // New names are rarer than new values.
    namesTimer ??= setTimeout(() => {
      namesTimer = undefined;
      namesRead = performance.now();
      fields.forget();
      void readNames();
    }, Math.max(0, namesRead + READ_NAMES_EVERY - last));
  }

  lay();
  void readNames();
  void readGroups();
  return {
    element,
    setRuns(given) {
      runs = given;
      drawn = runs.slice(0, state.most);
      lay();
      panels.each((panel) => panel.update());
      void readNames();
      void readGroups();
    },
    refresh(run_ids) {
      const known = new Set(drawn.map((run) => run.run_id));
      const mine = run_ids?.filter((run) => known.has(run));
      if (mine && !mine.length) return;
      stale = !mine || stale === 'all' ? 'all' : new Set([...(stale ?? []), ...mine]);
      timer ??= setTimeout(flush, Math.max(0, last + REFRESH_EVERY - performance.now()));
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(namesTimer);
      panels.stop();
      maker.stop();
    },
  };
}
