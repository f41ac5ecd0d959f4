/** Metrics of a run: those with many values as a wall of charts, all of them in a table. */

import { colorOf } from '../charts/colors';
import { metricWall, type ChartRun, type Wall, type WallState } from '../charts/wall';
import { number } from '../app/format';
import { remember, remembered } from './address';
import { empty, h, replace } from './dom';
import { metricText, titleOf } from './metricNames';
import { SYSTEM } from './machine';
import type { Metric } from './record';

export interface MetricsView {
  element: HTMLElement;
  show: (metrics: readonly Metric[]) => void;
}

/** A longer address is cut off by proxies; what does not fit is not kept. */
const LONGEST_STATE = 6000;
/** Rows that are there at once; thousands more are made when somebody wants them. */
const SHOWN_ROWS = 300;

export function metricsView(base: string, nameOf: (node: string) => string, isIncomplete: () => boolean): MetricsView {
  const workspace = decodeURIComponent(/\/w\/([^/]+)\//.exec(base)?.[1] ?? '');
  const charts = h('div', { class: 'mb-3' });
  const table = h('div', { class: 'card' });
  const element = h('div', {}, charts, table);
  let wall: Wall | null = null;
  let drawn = '';
  let counts = new Map<string, number>();
  let shown = '';

  const draw = (metrics: readonly Metric[]): void => {
    const series = metrics.filter((metric) => metric.count > 1);
    const runs = [...new Map(series.map((metric) => [metric.run_id, metric.node_id]))].map(([run_id, node]): ChartRun => ({ run_id, name: nameOf(node), color: colorOf(node || run_id) }));
    charts.hidden = !runs.length;
    if (!runs.length) return;
    const now = new Map<string, number>();
    for (const metric of series) now.set(metric.run_id, (now.get(metric.run_id) ?? 0) + metric.count);
    const sign = JSON.stringify(runs);
    if (!wall) {
      wall = metricWall({
        workspace,
        runs,
        state: stateOf(remembered('charts')),
        changed: (state) => {
          const text = Object.keys(state).length ? JSON.stringify(state) : '';
          remember('charts', text.length > LONGEST_STATE ? '' : text);
        },
        metrics: [...new Set(series.map((metric) => metric.key))].sort(),
        // The table below has what was measured once, and another tab what the machine did.
        leaveOut: (metric) => metric.values < 2 || metric.key.startsWith(SYSTEM),
        ofOneRun: true,
      });
      replace(charts, wall.element);
    } else if (sign !== drawn) wall.setRuns(runs);
    else {
      const grown = [...now].filter(([run, count]) => counts.get(run) !== count).map(([run]) => run);
      if (grown.length) wall.refresh(grown);
    }
    drawn = sign;
    counts = now;
  };

  let wantsAll = false;
  const showAll = (metrics: readonly Metric[]): HTMLElement =>
    h('p', { class: 'm-3' }, `${number(SHOWN_ROWS)} of ${number(metrics.length)} metrics `,
      h('button', {
        type: 'button', class: 'btn btn-sm ms-2',
        onclick: () => {
          wantsAll = true;
          replace(table, ...tableOf(metrics, nameOf, isIncomplete()));
        },
      }, 'Show all in the table')); // prettier-ignore

  return {
    element,
    show(metrics) {
      draw(metrics);
      // Shown every second while the run works: a table that has not changed stays, with what is selected in it.
      const sign = JSON.stringify([metrics, isIncomplete()]);
      if (sign === shown) return;
      shown = sign;
      const rows = wantsAll ? metrics : metrics.slice(0, SHOWN_ROWS);
      replace(table, ...tableOf(rows, nameOf, isIncomplete() && rows.length === metrics.length));
      if (rows.length < metrics.length) table.append(showAll(metrics));
    },
  };
}

function stateOf(text: string): Partial<WallState> {
  try {
    return JSON.parse(text || '{}') as Partial<WallState>;
  } catch {
    return {};
  }
}

function tableOf(metrics: readonly Metric[], nameOf: (node: string) => string, incomplete: boolean): HTMLElement[] {
  if (!metrics.length) return [empty('No metrics', 'Nodes such as Train Model, Evaluate Model and your own scripts write them.')];
  const numeric = 'text-end font-monospace';
  const rows = metrics.map((metric) =>
    h(
      'tr',
      {},
      h('td', { class: 'text-break' }, nameOf(metric.node_id)),
      h('th', { scope: 'row', class: 'text-break fw-normal', title: metric.key }, titleOf(metric.key)),
      h('td', { class: numeric }, metricText(metric.key, metric.last)),
      h('td', { class: numeric }, metric.count > 1 ? metricText(metric.key, metric.minimum) : ''),
      h('td', { class: numeric }, metric.count > 1 ? metricText(metric.key, metric.maximum) : ''),
      h('td', { class: numeric }, number(metric.count)),
    ),
  );
  const head = ['Node', 'Metric', 'Last', 'Smallest', 'Largest', 'Values'].map((title, at) => h('th', { scope: 'col', class: at > 1 ? 'text-end' : '' }, title));
  const made: HTMLElement[] = [
    h('div', { class: 'table-responsive' }, h('table', { class: 'table table-sm card-table table-vcenter' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows))),
  ];
  if (incomplete) made.push(h('p', { class: 'text-secondary small m-3' }, `The first ${number(metrics.length)} metrics are in this table; the charts and the REST API have all of them.`));
  return made;
}
