/** What the values of a column look like: a small drawing above it, and all figures on demand. */

import { number } from '../app/format';
import { h, s } from './dom';
import { type Cell, type Kind, counted, grouped } from './gridModel';

export interface ColumnProfile {
  name: string;
  kind: Kind;
  missing: number;
  distinct: number;
  min: Cell;
  max: Cell;
  mean: Cell;
  std: Cell;
  quantiles: Record<string, Cell> | null;
  histogram: { edges: Cell[]; counts: number[] } | null;
  top: { value: Cell; count: number }[] | null;
  about?: boolean;
  shortest?: number;
  longest?: number;
}

export interface Profile {
  rows: number;
  about?: boolean;
  columns: ColumnProfile[];
}

const HEIGHT = 34;

/** 0 % · <1 % · 12 % · 100 %, never rounded to nothing or to everything */
export function percent(part: number, whole: number): string {
  if (!whole || !part) return '0 %';
  const share = (100 * part) / whole;
  if (share < 1) return '<1 %';
  if (share > 99 && part < whole) return '>99 %';
  return `${Math.round(share)} %`;
}

/** In one line, as a tooltip and for screen readers. */
export function summary(profile: ColumnProfile, rows: number): string {
  const about = profile.about ? 'about ' : '';
  const parts = [
    `${profile.kind}, ${profile.missing ? `${percent(profile.missing, rows)} missing` : 'none missing'}`,
    `${about}${counted(profile.distinct, 'different value')}`,
  ];
  if (profile.min !== null) parts.push(`from ${figure(profile.min)} to ${figure(profile.max)}`);
  const most = profile.top?.[0];
  if (most && profile.min === null) parts.push(`most often ${String(most.value)} (${percent(most.count, rows)})`);
  return parts.join('; ');
}

/** The drawing above the column. */
export function drawSmall(profile: ColumnProfile, rows: number): HTMLElement {
  const box = h('div', { class: 'datagrid-profile' });
  if (profile.missing === rows) box.append(h('div', { class: 'datagrid-allgone' }, 'all missing'));
  else if (profile.histogram) box.append(bars(profile.histogram.counts, HEIGHT));
  else if (profile.top?.length && profile.kind !== 'text') box.append(shares(profile, rows));
  else box.append(h('div', { class: 'datagrid-distinct' }, `${profile.about ? 'about ' : ''}${counted(profile.distinct, 'value')}`));
  const ends =
    profile.histogram && profile.min !== null
      ? h('div', { class: 'datagrid-ends' }, h('span', {}, short(profile.min)), h('span', {}, short(profile.max)))
      : h('div', { class: 'datagrid-ends' }, h('span', {}, under(profile)));
  box.append(ends);
  box.append(
    h(
      'div',
      { class: 'datagrid-missing' },
      profile.missing ? h('span', { class: 'datagrid-missing-bar', style: `--share:${(100 * profile.missing) / rows}%` }) : null,
      profile.missing ? `${percent(profile.missing, rows)} missing` : 'none missing',
    ),
  );
  return box;
}

/** All figures of a column. */
export function drawLarge(profile: ColumnProfile, rows: number): HTMLElement {
  const about = profile.about ? 'about ' : '';
  const box = h('div', { class: 'datagrid-figures' });
  if (profile.histogram) {
    const { counts, edges } = profile.histogram;
    box.append(
      h('figure', { class: 'mb-3' }, bars(counts, 140, edges),
        h('figcaption', { class: 'datagrid-ends' }, h('span', {}, figure(profile.min)), h('span', {}, figure(profile.max)))),
    );
  }
  const list = h('dl', { class: 'datagrid-facts' });
  const fact = (name: string, value: string): void => list.append(h('dt', {}, name), h('dd', {}, value));
  fact('Kind', profile.kind);
  fact('Rows', grouped(rows));
  fact('Missing', `${grouped(profile.missing)} (${percent(profile.missing, rows)})`);
  fact('Different values', `${about}${grouped(profile.distinct)}`);
  if (profile.min !== null) {
    fact('Smallest', figure(profile.min, true));
    fact('Largest', figure(profile.max, true));
  }
  if (profile.mean !== null) fact('Mean', figure(profile.mean, true));
  if (profile.std !== null) fact('Standard deviation', about + figure(profile.std, true));
  for (const [share, value] of Object.entries(profile.quantiles ?? {})) {
    fact(share === '0.5' ? 'Median' : `${Number(share) * 100} % are at most`, about + figure(value, true));
  }
  if (profile.longest !== undefined) fact('Characters', `${profile.shortest ?? 0} to ${profile.longest}`);
  box.append(list);
  if (profile.top?.length) {
    const body = h('tbody');
    for (const { value, count } of profile.top) {
      body.append(
        h('tr', {}, h('td', { class: 'text-break' }, String(value)), h('td', { class: 'text-end' }, about + grouped(count)),
          h('td', { class: 'text-end' }, percent(count, rows))),
      );
    }
    const shown = profile.top.length < profile.distinct ? `The ${profile.top.length} most frequent of ${about}${grouped(profile.distinct)} values` : 'All values';
    box.append(
      h('table', { class: 'table table-sm mt-3 mb-0' }, h('caption', { class: 'caption-top' }, shown),
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Value'), h('th', { scope: 'col', class: 'text-end' }, 'Rows'), h('th', { scope: 'col', class: 'text-end' }, 'Share'))),
        body),
    );
  }
  if (profile.about) {
    box.append(
      h('p', { class: 'text-secondary mt-2 mb-0' }, 'The table is long: figures with “about” come from a part of its rows, spread over all of it.'),
    );
  }
  return box;
}

/** For a place of a few characters: 12.3K, 1.5M. */
export function short(value: Cell): string {
  if (typeof value !== 'number' || Math.abs(value) < 10_000 || Math.abs(value) >= 1e15) return figure(value);
  return value.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 });
}

export function figure(value: Cell, exact = false): string {
  if (typeof value !== 'number') return value === null ? '–' : String(value);
  return exact && !Number.isInteger(value) ? String(Number(value.toPrecision(10))) : number(value);
}

function under(profile: ColumnProfile): string {
  if (profile.kind === 'text' && profile.longest !== undefined) return `${profile.shortest}–${profile.longest} characters`;
  if (profile.kind === 'boolean' || !profile.distinct) return '';
  return `${profile.about ? 'about ' : ''}${counted(profile.distinct, 'value')}`;
}

function bars(counts: number[], height: number, edges?: Cell[]): SVGElement {
  const most = Math.max(1, ...counts);
  const drawing = s('svg', { viewBox: `0 0 ${counts.length * 10} ${height}`, preserveAspectRatio: 'none', class: 'datagrid-bars', 'aria-hidden': 'true', height });
  counts.forEach((count, at) => {
    // One row among a million is still one row: it leaves a mark.
    const tall = count ? Math.max(1.5, (count / most) * (height - 2)) : 0;
    const bar = s('rect', { x: at * 10 + 0.5, y: height - tall, width: 9, height: tall });
    if (edges) bar.append(s('title', {}, `${figure(edges[at] ?? null)} to ${figure(edges[at + 1] ?? null)}: ${counted(count, 'row')}`));
    drawing.append(bar);
  });
  return drawing;
}

function shares(profile: ColumnProfile, rows: number): HTMLElement {
  const box = h('div', { class: 'datagrid-shares' });
  const most = profile.top?.[0]?.count ?? 1;
  for (const { value, count } of (profile.top ?? []).slice(0, 2)) {
    box.append(
      h('div', { class: 'datagrid-share', style: `--share:${(100 * count) / most}%` }, h('span', { class: 'text-truncate' }, String(value)), h('span', {}, percent(count, rows))),
    );
  }
  return box;
}
