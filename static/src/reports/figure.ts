/** What a block of a report shows, as a table or as a figure for Plotly. */

import { colorOf } from '../charts/colors';
import { number } from '../app/format';
import { h } from '../runs/dom';
import type { TitledFigure } from '../runs/figure';

export type Value = string | number | boolean | null;

export interface Drawn {
  block: {
    show: 'table' | 'lines' | 'bars' | 'scatter' | 'parallel' | 'box';
    title: string; metrics: string[]; x: string; y: string; colour: string; by: string;
    smoothing: number; log: boolean; height: number;
  };
  columns: { field: string; title: string }[];
  rows: { run_id: string; name: string; status: string; values: Record<string, Value> }[];
  curves: { run_id: string; key: string; x: (number | string)[]; y: (number | string | null)[]; count: number; exact: boolean }[];
  total: number;
}

export function titleOf({ block }: Drawn): string {
  if (block.title) return block.title;
  if (block.show === 'lines' || block.show === 'bars') return block.metrics.join(', ');
  if (block.show === 'scatter') return `${plain(block.y)} against ${plain(block.x)}`;
  if (block.show === 'box') return `${block.metrics.join(', ')} by ${plain(block.by)}`;
  return block.show === 'parallel' ? 'Parallel coordinates' : 'Runs';
}

/** Not what was asked, said below it: nothing is cut off without a word. */
export function noteOf(drawn: Drawn): string {
  if (!drawn.rows.length) return 'No run fits this query now.';
  const notes = drawn.total > drawn.rows.length ? [`${number(drawn.rows.length)} of ${number(drawn.total)} runs`] : [];
  if (drawn.curves.some((curve) => !curve.exact)) notes.push('long curves are drawn by their extremes');
  return notes.length ? `${notes.join('; ')}.` : '';
}

export function tableOf(drawn: Drawn, runAddress: ((id: string) => string) | null): HTMLElement {
  const head = ['Run', ...drawn.columns.map((column) => column.title)];
  const isNumeric = drawn.columns.map((column) => drawn.rows.some((row) => typeof row.values[column.field] === 'number'));
  const rows = drawn.rows.map((row) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'fw-normal text-break' }, runAddress ? h('a', { href: runAddress(row.run_id) }, row.name) : row.name),
      ...drawn.columns.map((column, at) => h('td', { class: isNumeric[at] ? 'text-end font-monospace' : 'text-break' }, shown(row.values[column.field]))),
    ),
  );
  return h(
    'div',
    { class: 'table-responsive' },
    h(
      'table',
      { class: 'table table-sm table-vcenter' },
      h('thead', {}, h('tr', {}, ...head.map((title, at) => h('th', { scope: 'col', class: at && isNumeric[at - 1] ? 'text-end' : '' }, title)))),
      h('tbody', {}, ...rows),
    ),
  );
}

export function figureOf(drawn: Drawn): TitledFigure {
  const { block, rows } = drawn;
  const names = new Map(rows.map((row) => [row.run_id, row.name]));
  const title = titleOf(drawn);
  const columns = ['Run', ...drawn.columns.map((column) => column.title)];
  const table = { columns, rows: rows.map((row) => [row.name, ...drawn.columns.map((column) => cell(row.values[column.field]))]) };
  const base = { id: title, title, table };
  const value = (run: Drawn['rows'][number], field: string): Value => run.values[field] ?? null;
  switch (block.show) {
    case 'lines': {
      const many = new Set(drawn.curves.map((curve) => curve.key)).size > 1;
      const dashes = ['solid', 'dash', 'dot', 'dashdot'];
      const keys = [...new Set(drawn.curves.map((curve) => curve.key))];
      const data = drawn.curves.map((curve) => ({
        type: 'scatter',
        mode: curve.x.length < 50 ? 'lines+markers' : 'lines',
        name: (names.get(curve.run_id) ?? curve.run_id) + (many ? ` · ${curve.key}` : ''),
        x: block.x === 'time' ? curve.x.map((x) => (typeof x === 'number' ? new Date(x).toISOString() : x)) : curve.x,
        y: smoothed(curve.y, block.smoothing),
        line: { color: colorOf(curve.run_id), dash: dashes[keys.indexOf(curve.key) % dashes.length], width: 2 },
      }));
      const points = drawn.curves.flatMap((curve) => curve.x.map((x, at) => [names.get(curve.run_id) ?? curve.run_id, curve.key, x, curve.y[at]] as (string | number | null)[]));
      return {
        ...base,
        table: { columns: ['Run', 'Metric', axisTitle(block.x), 'Value'], rows: points },
        figure: { data, layout: { xaxis: { title: { text: axisTitle(block.x) } }, yaxis: { type: block.log ? 'log' : undefined }, showlegend: drawn.curves.length > 1 } },
      };
    }
    case 'bars': {
      const data = drawn.columns
        .filter((column) => column.field.startsWith('metrics.'))
        .map((column) => ({ type: 'bar', name: column.title, x: rows.map((row, at) => `${at + 1}. ${row.name}`), y: rows.map((row) => finite(value(row, column.field))) }));
      return { ...base, figure: { data, layout: { barmode: 'group', yaxis: { type: block.log ? 'log' : undefined, title: { text: data.length === 1 ? data[0].name : '' } }, showlegend: data.length > 1 } } };
    }
    case 'scatter': {
      const colour = block.colour ? rows.map((row) => value(row, block.colour)) : null;
      const marker = colour?.some((one) => typeof one === 'number') ? { size: 10, color: colour.map(finite), colorbar: { title: { text: plain(block.colour) } }, colorscale: 'Viridis' } : { size: 10, color: rows.map((row) => colorOf(row.run_id)) };
      const data = [{ type: 'scatter', mode: 'markers', x: rows.map((row) => value(row, block.x)), y: rows.map((row) => value(row, block.y)), text: rows.map((row) => row.name), marker }];
      return { ...base, figure: { data, layout: { xaxis: { title: { text: plain(block.x) } }, yaxis: { title: { text: plain(block.y) }, type: block.log ? 'log' : undefined } } } };
    }
    case 'box': {
      const data = drawn.columns
        .filter((column) => column.field.startsWith('metrics.'))
        .map((column) => ({ type: 'box', name: column.title, boxpoints: 'all', jitter: 0.4, x: rows.map((row) => String(value(row, block.by) ?? '–')), y: rows.map((row) => finite(value(row, column.field))), text: rows.map((row) => row.name) }));
      return { ...base, figure: { data, layout: { boxmode: 'group', xaxis: { title: { text: plain(block.by) }, type: 'category' }, showlegend: data.length > 1 } } };
    }
    default: {
      const dimensions = drawn.columns.map((column) => dimension(column.title, rows.map((row) => value(row, column.field))));
      const last = dimensions.at(-1);
      const line = last ? { color: last.values, colorscale: 'Viridis' } : {};
      return { ...base, figure: { data: [{ type: 'parcoords', dimensions, line }], layout: { margin: { l: 64, r: 64, t: 56, b: 24 } } } };
    }
  }
}

/** Exponential moving average, corrected for its start (as in Adam): the first values are not drawn towards nought. */
export function smoothed(values: readonly (number | string | null)[], weight: number): (number | null)[] {
  let average = 0;
  let weights = 0;
  return values.map((value) => {
    if (typeof value !== 'number') return null;
    if (!weight) return value;
    average = weight * average + (1 - weight) * value;
    weights = weight * weights + (1 - weight);
    return average / weights;
  });
}

function dimension(label: string, values: Value[]): { label: string; values: (number | null)[]; tickvals?: number[]; ticktext?: string[] } {
  if (values.every((value) => value === null || typeof value === 'number')) return { label, values: values.map(finite) };
  const names = [...new Set(values.map((value) => String(value ?? '–')))].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  return { label, values: values.map((value) => names.indexOf(String(value ?? '–'))), tickvals: names.map((_, at) => at), ticktext: names };
}

function finite(value: Value): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function cell(value: Value | undefined): string | number | null {
  return typeof value === 'boolean' ? String(value) : (value ?? null);
}

function shown(value: Value | undefined): string {
  return value === null || value === undefined ? '–' : typeof value === 'number' ? number(value) : String(value);
}

function plain(field: string): string {
  return field.replace(/^(attributes|metrics|params|tags)\./, '').replaceAll('`', '');
}

function axisTitle(x: string): string {
  return { step: 'Step', time: 'Time', relative: 'Seconds since the first value' }[x] ?? x.replace(/^metric:/, '');
}
