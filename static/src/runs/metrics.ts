/** Metrics of a run: those with many values as charts over their steps, all of them in a table. */

import { api } from '../app/api';
import { number } from '../app/format';
import { empty, h, replace } from './dom';
import { figureCard, type TitledFigure } from './figure';
import type { Metric } from './record';
import { metricText, titleOf } from './metricNames';

interface Points {
  points: { step: number; value: number | string; timestamp: number }[];
  next: string | null;
}

/** A chart shows no more than this of one metric, and says so. */
const MOST_POINTS = 20_000;
const MOST_CHARTS = 60;

export interface MetricsView {
  element: HTMLElement;
  show: (metrics: readonly Metric[]) => void;
}

export function metricsView(base: string, nameOf: (node: string) => string, isIncomplete: () => boolean): MetricsView {
  const charts = h('div', { class: 'studio-figures mb-3' });
  const table = h('div', { class: 'card' });
  const element = h('div', {}, charts, table);
  const drawn = new Map<string, { shown: string; stop: () => void; element: HTMLElement }>();

  const chart = async (key: string, series: readonly Metric[]): Promise<void> => {
    const shown = JSON.stringify(series.map((metric) => [metric.run_id, metric.count]));
    const known = drawn.get(key);
    if (known?.shown === shown) return;
    const slot = known ?? { shown, stop: () => {}, element: h('div') };
    slot.shown = shown;
    drawn.set(key, slot);
    if (!known) charts.append(slot.element);
    const lines = await Promise.all(series.map(async (metric) => ({ metric, points: await allPoints(base, metric) })));
    if (slot.shown !== shown) return;
    slot.stop();
    const made = figureCard(figureOf(key, lines, nameOf));
    slot.element.replaceWith(made.element);
    slot.element = made.element;
    slot.stop = made.stop;
  };

  return {
    element,
    show: (metrics) => {
      const byKey = new Map<string, Metric[]>();
      for (const metric of metrics) {
        if (metric.count > 1) byKey.set(metric.key, [...(byKey.get(metric.key) ?? []), metric]);
      }
      const keys = [...byKey.keys()];
      for (const key of keys.slice(0, MOST_CHARTS)) void chart(key, byKey.get(key)!).catch(() => {});
      charts.hidden = !keys.length;
      replace(table, ...tableOf(metrics, nameOf, isIncomplete(), keys.length > MOST_CHARTS ? keys.length : 0));
    },
  };
}

async function allPoints(base: string, metric: Metric): Promise<Points['points']> {
  const points: Points['points'] = [];
  let after = '';
  while (points.length < MOST_POINTS) {
    const page = await api<Points>('GET', `${base}/${metric.run_id}/metrics/${encodeURIComponent(metric.key).replaceAll('%2F', '/')}?after=${encodeURIComponent(after)}`);
    points.push(...page.points);
    if (page.next === null) break;
    after = page.next;
  }
  return points;
}

function figureOf(key: string, lines: { metric: Metric; points: Points['points'] }[], nameOf: (node: string) => string): TitledFigure {
  const cut = lines.some(({ metric, points }) => points.length < metric.count);
  const title = titleOf(key) + (cut ? ` (the first ${number(MOST_POINTS)} values)` : '');
  return {
    id: key,
    title,
    figure: {
      data: lines.map(({ metric, points }) => ({
        type: 'scattergl',
        mode: points.length < 200 ? 'lines+markers' : 'lines',
        name: nameOf(metric.node_id),
        x: points.map((point) => point.step),
        y: points.map((point) => (typeof point.value === 'number' ? point.value : null)),
      })),
      layout: { xaxis: { title: { text: 'Step' } }, yaxis: { title: { text: titleOf(key) } }, showlegend: lines.length > 1 },
    },
    table: {
      columns: ['Node', 'Step', titleOf(key), 'Time'],
      rows: lines.flatMap(({ metric, points }) => points.map((point) => [nameOf(metric.node_id), point.step, point.value, timeText(point.timestamp)])),
    },
  };
}

/** Clients send whatever clock they have; what is no date stays a number. */
function timeText(milliseconds: number): string {
  const time = new Date(milliseconds);
  return Number.isNaN(time.getTime()) ? String(milliseconds) : time.toISOString();
}

function tableOf(metrics: readonly Metric[], nameOf: (node: string) => string, incomplete: boolean, charts: number): HTMLElement[] {
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
  if (incomplete) made.push(h('p', { class: 'text-secondary small m-3' }, `The first ${number(metrics.length)} metrics are shown; the REST API gives all of them by the page.`));
  if (charts) made.push(h('p', { class: 'text-secondary small m-3' }, `${MOST_CHARTS} of ${charts} charts are drawn; the table has all metrics.`));
  return made;
}
